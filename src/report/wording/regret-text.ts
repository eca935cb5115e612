import { isRegretted, type Regret } from "../../core/results/regret.js";
import { limitWords } from "./limit-words.js";
import { sizeText } from "./quantities.js";

/** Null unless much of what was removed was needed again. */
export function regretWarning(regret: Regret): string | null {
  const { removedBytes, returnedBytes, most } = regret;
  if (!isRegretted(regret) || most === null) return null;
  const percent = Math.round((100 * returnedBytes) / removedBytes);
  const keep = most.repository === "" ? "" : `, or keep what comes back (--keep '${most.repository}:*')`;
  return (
    `Of ${sizeText(removedBytes)} removed in the last 7 days, ${sizeText(returnedBytes)} (${percent} %) came back: ` +
    `${limitWords[most.reason].remedy}${keep}.`
  );
}
