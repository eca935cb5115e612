import { isRegretted } from "../../core/results/regret.js";
import type { Status } from "../../core/results/status.js";
import type { RemoveReason } from "../../core/policy/removal.js";
import { sizeText } from "./quantities.js";

/** What to do about it, for each limit that takes too much. */
const remedies: Readonly<Record<RemoveReason, string>> = {
  age: "raise --max-age",
  "untagged-age": "raise --untagged-age",
  versions: "raise --max-versions",
  quota: "raise --quota",
  free: "ask --free for less",
  "min-free": "lower --min-free, or give the filesystem more room",
  "min-free-inodes": "lower --min-free-inodes, or give the filesystem more inodes",
};

/** A sentence where much of what was removed was needed again. */
export function regretWarnings({ regret }: Pick<Status, "regret">): readonly string[] {
  const { removedBytes, returnedBytes, most } = regret;
  if (!isRegretted(regret) || most === null) return [];
  const percent = Math.round((100 * returnedBytes) / removedBytes);
  const keep = most.repository === "" ? "" : `, or keep what comes back (--keep '${most.repository}:*')`;
  return [
    `Of ${sizeText(removedBytes)} removed in the last 7 days, ${sizeText(returnedBytes)} (${percent} %) came back: ` +
      `${remedies[most.reason]}${keep}.`,
  ];
}
