import Database from "better-sqlite3";

/** Rows of a closed ledger, as any other program would read them. */
export function query(path: string, sql: string): unknown[] {
  const database = new Database(path, { fileMustExist: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** Changes a closed file behind the ledger's back. */
export function execute(path: string, sql: string): void {
  const database = new Database(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
