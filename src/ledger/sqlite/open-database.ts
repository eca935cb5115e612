import BetterSqlite from "better-sqlite3";
import { describeError, Failure } from "../../core/text/failure.js";
import type { Database, Driver } from "./database.js";
import { nodeSqlite } from "./node-sqlite.js";

const betterSqlite: Driver = {
  openFile: (path, timeout) => new BetterSqlite(path, { fileMustExist: true, timeout }),
  openCopy: (content) => new BetterSqlite(content ?? ":memory:"),
};

let driver = betterSqlite;

/** As `Driver.openFile` does; throws a Failure of code `ledger` where there is no SQLite. */
export function openFile(path: string, busyTimeoutMs: number): Database {
  return withDriver((each) => each.openFile(path, busyTimeoutMs));
}

/** As `Driver.openCopy` does; throws a Failure of code `ledger` where there is no SQLite. */
export function openCopy(content: Buffer | null): Database {
  return withDriver((each) => each.openCopy(content));
}

/** better-sqlite3 asks for its native half as a database is opened. One that was made for another Node cannot be loaded. */
function withDriver(open: (driver: Driver) => Database): Database {
  try {
    return open(driver);
  } catch (error) {
    if (driver !== betterSqlite || !isOfNativeHalf(error)) throw error;
    driver = nodeSqlite() ?? noSqlite(error);
    return open(driver);
  }
}

function isOfNativeHalf(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "ERR_DLOPEN_FAILED") return true;
  return (
    /better_sqlite3\.node|bindings file/.test(error.message) && !("code" in error && error.code === "ENOENT")
  );
}

function noSqlite(cause: unknown): never {
  // Of the several lines that follow, one gives advice that does not fit here.
  const [problem = ""] = describeError(cause)
    .replace(/\nRequire stack:[^]*/, "")
    .replace(/\s+/g, " ")
    .split(/\. /);
  const message = `No ledger can be opened by Node ${process.version}: better-sqlite3 has no binary for it (${problem}), and it brings no SQLite of its own; use Node 22.13 or later, run "npm rebuild --global" after a change of Node, or install docker-gc again.`;
  throw new Failure("ledger", message, { cause });
}
