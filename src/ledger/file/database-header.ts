/** "dkgc" in the header of every ledger, which tells it apart from other programs' SQLite databases. */
export const applicationId = 0x646b6763;

// https://www.sqlite.org/fileformat2.html#the_database_header
export const headerBytes = 100;
const magic = Buffer.from("SQLite format 3\0", "latin1");
const readVersionField = 18;
const writeVersionField = 19;
const applicationIdField = 68;

const formatVersions = { rollback: 1, wal: 2 } as const;

/** True for what begins as every SQLite database does. An empty file is one too, to SQLite, but not here. */
export function isDatabase(start: Buffer): boolean {
  return start.length >= headerBytes && start.subarray(0, magic.length).equals(magic);
}

export function readApplicationId(database: Buffer): number {
  return database.readUInt32BE(applicationIdField);
}

/** Marks a database, in place, as one with or without a write-ahead log. */
export function setJournalMode(database: Buffer, mode: keyof typeof formatVersions): void {
  database[readVersionField] = formatVersions[mode];
  database[writeVersionField] = formatVersions[mode];
}
