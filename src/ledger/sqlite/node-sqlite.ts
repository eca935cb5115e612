import { accessSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database, Driver, Statement } from "./database.js";

/** Of node:sqlite what is used here: https://nodejs.org/api/sqlite.html. Methods that may be missing came after 22.13. */
interface NodeDatabase {
  prepare(sql: string): NodeStatement;
  exec(sql: string): void;
  close(): void;
  serialize?(): Uint8Array;
  deserialize?(content: Uint8Array): void;
}

interface NodeStatement {
  setReturnArrays?(enabled: boolean): void;
  setReadBigInts(enabled: boolean): void;
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): object | undefined;
  all(...values: readonly unknown[]): object[];
  iterate(...values: readonly unknown[]): IterableIterator<object>;
}

interface NodeSqlite {
  readonly DatabaseSync: new (location: string) => NodeDatabase;
}

/** SQLite as Node brings it from 22.13 on, in the place of better-sqlite3; null where this Node brings none. */
export function nodeSqlite(): Driver | null {
  const sqlite = loadSilently();
  if (sqlite === undefined) return null;
  const open = (location: string) => orSqliteError(() => new sqlite.DatabaseSync(location));
  return {
    openFile: (path, busyTimeoutMs) => {
      // SQLite would make the file, and 22.13 knows no way to tell it not to.
      accessSync(path);
      const database = new StandIn(open(path));
      database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      return database;
    },
    openCopy: (content) => new StandIn(content === null ? open(":memory:") : openContent(open, content)),
  };
}

/** Node 22 and 24 would warn on stderr that it is experimental. */
function loadSilently(): NodeSqlite | undefined {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite") as NodeSqlite | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function openContent(open: (location: string) => NodeDatabase, content: Buffer): NodeDatabase {
  const empty = open(":memory:");
  if (empty.deserialize !== undefined) {
    orSqliteError(() => empty.deserialize?.(content));
    return empty;
  }
  empty.close();
  return inPrivateFolder((path) => {
    writeFileSync(path, content, { mode: 0o600 });
    const database = open(path);
    // The file loses its name at once, and is gone with the process.
    orSqliteError(() =>
      database.exec(
        "PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF",
      ),
    );
    return database;
  });
}

/** For a file that is known to nobody else and is gone afterwards, in memory where the system has such a folder. */
function inPrivateFolder<T>(action: (path: string) => T): T {
  const shared = "/dev/shm";
  const isThere = statSync(shared, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = mkdtempSync(join(isThere ? shared : tmpdir(), "docker-gc-"));
  try {
    return action(join(folder, "copy.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class StandIn implements Database {
  readonly #database: NodeDatabase;
  open = true;

  constructor(database: NodeDatabase) {
    this.#database = database;
  }

  prepare<Values extends unknown[], Row>(sql: string): Statement<Values, Row> {
    return new StandInStatement<Values, Row>(orSqliteError(() => this.#database.prepare(sql)));
  }

  exec(sql: string): void {
    orSqliteError(() => this.#database.exec(sql));
  }

  pragma(sql: string, options?: { readonly simple: boolean }): unknown {
    const statement = this.prepare(`PRAGMA ${sql}`);
    return options?.simple === true ? statement.pluck().all()[0] : statement.all();
  }

  transaction<Done>(action: () => Done): { immediate(): Done } {
    return {
      immediate: () => {
        this.exec("BEGIN IMMEDIATE");
        try {
          const done = action();
          this.exec("COMMIT");
          return done;
        } catch (error) {
          this.#rollBack();
          throw error;
        }
      },
    };
  }

  /** Errors such as a full disk have taken the transaction back already. */
  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // There is none.
    }
  }

  serialize(): Buffer {
    const content = orSqliteError(() => this.#database.serialize?.());
    if (content !== undefined) return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    return inPrivateFolder((path) => {
      this.prepare("VACUUM INTO ?").run(path);
      return readFileSync(path);
    });
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    orSqliteError(() => this.#database.close());
  }
}

class StandInStatement<Values extends unknown[], Row> implements Statement<Values, Row> {
  readonly #statement: NodeStatement;
  /** What a row as Node gives it becomes. */
  #toRow: (row: object) => unknown = (row) => row;

  constructor(statement: NodeStatement) {
    this.#statement = statement;
  }

  raw(): this {
    // The rows of a ledger name no column twice, and none by a number.
    if (this.#statement.setReturnArrays === undefined) this.#toRow = Object.values;
    else this.#statement.setReturnArrays(true);
    return this;
  }

  pluck(): this {
    this.#toRow = (row) => Object.values(row)[0] as unknown;
    return this;
  }

  safeIntegers(): this {
    this.#statement.setReadBigInts(true);
    return this;
  }

  run(...values: Values): unknown {
    return orSqliteError(() => this.#statement.run(...values));
  }

  get(...values: Values): Row | undefined {
    const row = orSqliteError(() => this.#statement.get(...values));
    return row === undefined ? undefined : (this.#toRow(row) as Row);
  }

  all(...values: Values): Row[] {
    return orSqliteError(() => this.#statement.all(...values)).map((row) => this.#toRow(row) as Row);
  }

  /** All at once: one by one, each row costs as much as five. */
  iterate(...values: Values): IterableIterator<Row> {
    return this.all(...values).values();
  }
}

/** https://www.sqlite.org/rescode.html, of the numbers from 1 on. */
const codes = (
  "ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN PROTOCOL EMPTY " +
  "SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB"
).split(" ");

function orSqliteError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toSqliteError(error);
  }
}

function toSqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ERR_OUT_OF_RANGE") {
    const unknown = new Error("it has an unknown number, beyond 2^53", { cause: error });
    return Object.assign(unknown, { code: "SQLITE_CORRUPT" });
  }
  if (error.code !== "ERR_SQLITE_ERROR" || !("errcode" in error)) return error;
  // The higher bits say more than is asked for here.
  return Object.assign(error, { code: `SQLITE_${codes[(Number(error.errcode) & 0xff) - 1] ?? "ERROR"}` });
}
