/**
 * What the ledger needs of SQLite, in the words of better-sqlite3, which is it as it is. Errors of SQLite have a `code` that begins
 * with "SQLITE_".
 */
export interface Database {
  readonly open: boolean;
  prepare<Values extends unknown[] = unknown[], Row = unknown>(sql: string): Statement<Values, Row>;
  exec(sql: string): unknown;
  /** All rows; with `simple` the first value of the first one. */
  pragma(sql: string, options?: { readonly simple: boolean }): unknown;
  /** `immediate` runs the action in a transaction that holds the right to write from its beginning. */
  transaction<Done>(action: () => Done): { immediate(): Done };
  /** The content as a file would have it. */
  serialize(): Buffer;
  close(): unknown;
}

/** Integers are numbers, and beyond 2^53 either not exact or refused; a BLOB is a Buffer or a Uint8Array. */
export interface Statement<Values extends unknown[], Row> {
  /** Gives rows as arrays from now on. */
  raw(): this;
  /** Gives the first value of each row from now on. */
  pluck(): this;
  /** Gives integers as bigint from now on. */
  safeIntegers(): this;
  run(...values: Values): unknown;
  get(...values: Values): Row | undefined;
  all(...values: Values): Row[];
  iterate(...values: Values): IterableIterator<Row>;
}

export interface Driver {
  /** A file that is there. `busyTimeoutMs`: how long to wait for another process's lock, 0 for not at all. */
  openFile(path: string, busyTimeoutMs: number): Database;
  /** A database of its own that no other process sees, which begins with this content; null for an empty one. */
  openCopy(content: Buffer | null): Database;
}
