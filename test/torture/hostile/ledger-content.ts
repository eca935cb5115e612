import Database from "better-sqlite3";

/** Every row of a ledger, as one text; a new one, and none, have no rows. */
export function contentOf(path: string): string {
  let database: Database.Database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
  } catch {
    return "[]";
  }
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    const rows = tables.map(
      (name) =>
        [
          name,
          database
            .prepare(`SELECT * FROM "${String(name)}"`)
            .raw()
            .all(),
        ] as const,
    );
    return JSON.stringify(rows.filter(([, all]) => all.length > 0));
  } finally {
    database.close();
  }
}
