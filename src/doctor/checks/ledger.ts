import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { good, problem, type Check } from "../../core/results/checkup.js";
import { describeError } from "../../core/text/failure.js";
import { formatSize } from "../../core/text/size.js";
import type { Ledger } from "../../ledger/port.js";
import { failed, type Answered } from "../failed.js";
import { nearestFolder } from "./space.js";

/** Whether the ledger can be read, and written by this user. `opened`: a copy of it. */
export function checkLedger(path: string, opened: Answered<Ledger>): Check {
  if (opened.kind === "failed") return failed("ledger", opened.failure, "name another file with --ledger");
  const folder = nearestFolder(dirname(path));
  const refused = refusalOf(folder) ?? (existsSync(path) ? refusalOf(path) : null);
  if (refused !== null)
    return problem("ledger", refused, "run as the user that owns it, or name another file with --ledger");
  if (!existsSync(path)) return good("ledger", `${path} is not there yet; the first run makes it`);
  return good("ledger", `${path} is sound, with ${formatSize(statSync(path).size)}`);
}

function refusalOf(path: string): string | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return `the ledger cannot be written (${describeError(error)})`;
  }
}
