import { lstatSync } from "node:fs";
import { readStart } from "./private-file.js";
import { walHeaderBytes } from "./wal.js";

/**
 * What changes when a ledger's main file is written or replaced, or when its log begins, ends or starts over.
 * It stays the same when a run under way appends commits to the log: a reader that sees the longer one is right.
 */
export function fingerprint(path: string): string {
  const main = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  // The head of a log has its salts, which are new whenever it starts over.
  const head = readStart(`${path}-wal`, walHeaderBytes)?.toString("hex");
  return [main?.ino, main?.size, main?.mtimeNs, head].join(" ");
}

/**
 * What changes with every commit to a ledger, be it in the main file or in its log. It opens nothing, so it may be
 * called at any time.
 */
export function stampOf(path: string): string {
  return [path, `${path}-wal`]
    .map((file) => lstatSync(file, { bigint: true, throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? "none" : [stat.ino, stat.size, stat.mtimeNs].join(" ")))
    .join(", ");
}
