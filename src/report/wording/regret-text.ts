import { isRegretted } from "../../core/results/regret.js";
import type { Status } from "../../core/results/status.js";
import { limitWords } from "./limit-words.js";
import { sizeText } from "./quantities.js";

/** A sentence where much of what was removed was needed again. */
export function regretWarnings({ regret }: Pick<Status, "regret">): readonly string[] {
  const { removedBytes, returnedBytes, most } = regret;
  if (!isRegretted(regret) || most === null) return [];
  const percent = Math.round((100 * returnedBytes) / removedBytes);
  const keep = most.repository === "" ? "" : `, or keep what comes back (--keep '${most.repository}:*')`;
  return [
    `Of ${sizeText(removedBytes)} removed in the last 7 days, ${sizeText(returnedBytes)} (${percent} %) came back: ` +
      `${limitWords[most.reason].remedy}${keep}.`,
  ];
}
