import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import { describeError } from "../../core/text/failure.js";
import { formatSize } from "../../core/text/size.js";
import type { MeasureFilesystem } from "../../run/remove/free-space.js";

/** For a ledger of some hundred thousand images, and its log. */
const leastBytes = 64 * 1024 * 1024;
const leastInodes = 16;

/** Room for the ledger where it is, or would be. */
export async function checkSpace(ledgerPath: string, measure: MeasureFilesystem): Promise<Check> {
  const folder = nearestFolder(dirname(ledgerPath));
  try {
    const { freeBytes, freeInodes, totalInodes } = await measure(folder);
    const free = `${formatSize(freeBytes)} free`;
    if (freeBytes < leastBytes)
      return problem("space", `the disk of the ledger, at ${folder}, has only ${free}`, makeRoom);
    // A filesystem that does not count them says 0 of 0.
    if (totalInodes > 0 && freeInodes < leastInodes)
      return problem(
        "space",
        `the disk of the ledger, at ${folder}, has only ${freeInodes} inodes left`,
        makeRoom,
      );
    return good("space", `the disk of the ledger, at ${folder}, has ${free}`);
  } catch (error) {
    return skipped("space", `${folder} cannot be measured: ${describeError(error)}`);
  }
}

const makeRoom = "make room there, or name another file with --ledger";

/** What is missing of the path is made by the first run. */
export function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}
