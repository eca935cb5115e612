import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import type { Database } from "../sqlite/database.js";
import { difference } from "./difference.js";

export type Value = number | bigint | string | Uint8Array | null;

/** Rows of an engine, by its row ID or its key, as arrays: as objects they take twice as long. `rest` narrows or orders them. */
export function rowsOf<Row extends readonly unknown[]>(
  database: Database,
  engine: number | bigint | EngineIdentity,
  columns: string,
  table: string,
  rest = "",
): IterableIterator<Row> {
  const [id, value] =
    typeof engine === "object"
      ? ["(SELECT engine_id FROM engine WHERE identity = ?)", engine.key]
      : ["?", engine];
  return database
    .prepare<[Value], Row>(`SELECT ${columns} FROM ${table} WHERE engine_id = ${id} ${rest}`)
    .raw()
    .iterate(value);
}

/** A table with a row for each key of an engine: the engine, the key, and these columns. */
export interface KeyedTable<Entry> {
  readonly table: string;
  readonly key: string;
  readonly columns: (entry: Entry) => readonly Value[];
}

/** Brings an engine's rows from one state to another, and touches only those that differ. Call it inside a transaction. */
export function writeRows<Key extends string | number, Entry>(
  database: Database,
  engineId: number,
  { table, key, columns }: KeyedTable<Entry>,
  before: ReadonlyMap<Key, Entry>,
  after: ReadonlyMap<Key, Entry>,
): void {
  // In most runs nothing has come, and nothing gone.
  if (before === after) return;
  const { changed, vanished } = difference(
    before,
    after,
    (first, second) => first === second || haveSameValues(columns(first), columns(second)),
  );
  const [[, example] = []] = changed;
  if (example !== undefined) {
    const write = database.prepare(
      `INSERT OR REPLACE INTO ${table} VALUES (?, ?${", ?".repeat(columns(example).length)})`,
    );
    for (const [id, entry] of changed) write.run(engineId, id, ...columns(entry));
  }
  if (vanished.length === 0) return;
  const remove = database.prepare(`DELETE FROM ${table} WHERE engine_id = ? AND ${key} = ?`);
  for (const id of vanished) remove.run(engineId, id);
}

function haveSameValues(first: readonly Value[], second: readonly Value[]): boolean {
  return first.every((value, index) => {
    const other = second[index];
    return value instanceof Uint8Array && other instanceof Uint8Array
      ? Buffer.compare(value, other) === 0
      : value === other;
  });
}

type Columns = Readonly<Record<string, Value>>;

/** Writes rows of the same columns, each in place of one with the same key. */
export function insertRows(database: Database, table: string, rows: readonly Columns[]): void {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return;
  const insert = database.prepare<Value[]>(
    `INSERT OR REPLACE INTO ${table} (${names.join()}) VALUES (?${", ?".repeat(names.length - 1)})`,
  );
  for (const row of rows) insert.run(...Object.values(row));
}

/** Writes a row, in place of the one with the same key where there is one. Answers with its number, which is in `id`. */
export function upsertRow(
  database: Database,
  { table, id, key, columns }: { table: string; id: string; key: Columns; columns: Columns },
): number {
  const all = { ...key, ...columns };
  const names = Object.keys(all);
  const number = database
    .prepare<Value[], number>(
      `INSERT INTO ${table} (${names.join()}) VALUES (?${", ?".repeat(names.length - 1)})
       ON CONFLICT (${Object.keys(key).join()}) DO UPDATE SET ${Object.keys(columns)
         .map((name) => `${name} = excluded.${name}`)
         .join()}
       RETURNING ${id}`,
    )
    .pluck()
    .get(...Object.values(all));
  if (number === undefined) throw new Error("An insert with RETURNING returned no row.");
  return number;
}
