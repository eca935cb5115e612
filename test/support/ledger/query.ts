import { existsSync, writeFileSync } from "node:fs";
import { openFile } from "../../../src/ledger/sqlite/open-database.js";

/** Rows of a closed ledger, as any other program would read them. */
export function query(path: string, sql: string): unknown[] {
  return queryEach(path, [sql]).flat();
}

/** The rows of each of these, in one opening. */
export function queryEach(path: string, statements: readonly string[]): unknown[][] {
  const database = openFile(path, 0);
  try {
    return statements.map((sql) => database.prepare(sql).all());
  } finally {
    database.close();
  }
}

/** Changes a closed file behind the ledger's back, or makes one. */
export function execute(path: string, sql: string): void {
  if (!existsSync(path)) writeFileSync(path, "");
  const database = openFile(path, 0);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
