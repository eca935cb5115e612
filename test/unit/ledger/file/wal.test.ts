import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openFile } from "../../../../src/ledger/sqlite/open-database.js";
import { applyWal } from "../../../../src/ledger/file/wal.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

interface Files {
  readonly database: Buffer;
  readonly wal: Buffer;
}

/** Lets SQLite write a log, and takes the files from under it as a kill would leave them. */
function write(statements: readonly string[], pageSize = 4096): Files {
  const path = join(temporaryFolder(), "live.db");
  writeFileSync(path, "");
  const live = openFile(path, 0);
  live.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0`);
  live.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, content BLOB)");
  for (const statement of statements) {
    live.exec(statement);
  }
  copyFileSync(path, `${path}.copy`);
  copyFileSync(`${path}-wal`, `${path}.copy-wal`);
  live.close();
  return { database: readFileSync(`${path}.copy`), wal: readFileSync(`${path}.copy-wal`) };
}

/** What SQLite itself sees in two such files. */
function recover({ database, wal }: Files): Buffer {
  const path = join(temporaryFolder(), "crashed.db");
  writeFileSync(path, database);
  writeFileSync(`${path}-wal`, wal);
  const recovered = openFile(path, 0);
  recovered.pragma("wal_checkpoint(TRUNCATE)");
  recovered.close();
  return readFileSync(path);
}

/** Buffers of some 100 KB: only whether they are the same, not the difference, is worth printing. */
function expectSameAsSqlite(files: Files): void {
  expect(applyWal(files.database, files.wal).equals(recover(files))).toBe(true);
}

const fill =
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99) INSERT INTO t SELECT i, randomblob(2000) FROM n";
const change = "UPDATE t SET content = randomblob(2000)";
const insert = (bytes: number) => `INSERT INTO t (content) VALUES (randomblob(${bytes}))`;
const restart = "PRAGMA wal_checkpoint(RESTART)";
const copy = "PRAGMA wal_checkpoint(PASSIVE)";
/** Makes SQLite write pages to the log before the transaction ends. */
const spill = "PRAGMA cache_size = 1; PRAGMA cache_spill = 1";

describe("the log is applied as SQLite applies it", () => {
  test.each([
    ["one commit", []],
    ["a page written twice", [insert(10), insert(10)]],
    ["a database that grows", [insert(100_000)]],
    ["a database that shrinks", [insert(100_000), "DELETE FROM t", "VACUUM"]],
    ["a log started over, with frames of the last round behind", [insert(90_000), restart, insert(1)]],
    ["a log copied whole", [insert(9000), copy]],
    ["a log copied and written on", [insert(9000), copy, insert(9000)]],
    ["pages written before their commit", [spill, fill, `BEGIN; ${change}; ${change}; COMMIT`]],
    ["pages of a transaction taken back", [spill, fill, `BEGIN; ${change}; ROLLBACK`]],
    ["pages of a transaction still open", [spill, fill, `BEGIN; ${change}`]],
  ])("%s", (_, statements) => {
    expectSameAsSqlite(write(statements));
  });

  test.each([512, 1024, 65_536])("pages of %i bytes", (pageSize) => {
    expectSameAsSqlite(write([insert(5000), insert(200_000)], pageSize));
  });

  test("a log with checksums in the other byte order", () => {
    const files = write([insert(10), insert(9000)]);
    const swapped = { ...files, wal: inOtherByteOrder(files.wal) };
    expect(recover(swapped).equals(recover(files))).toBe(true);
    expectSameAsSqlite(swapped);
  });

  test("after any statements", () => {
    const anyStatement = fc.oneof(
      fc.integer({ min: 0, max: 20_000 }).map(insert),
      fc.integer({ min: 1, max: 9 }).map((id) => `DELETE FROM t WHERE id = ${id}`),
      fc.constantFrom(restart, copy, "VACUUM"),
    );
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 12 }), (statements) => {
        expectSameAsSqlite(write(statements));
      }),
      { numRuns: 50 },
    );
  });

  test("cut at any byte", () => {
    const files = write([insert(10), insert(9000), restart, insert(10), insert(3000)]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: files.wal.length }), (length) => {
        expectSameAsSqlite({ ...files, wal: files.wal.subarray(0, length) });
      }),
      { numRuns: 100 },
    );
  });

  test("with any bit flipped", () => {
    const files = write([insert(10), insert(3000), insert(10)]);
    // Frames are 4120 bytes; most of what there is to get wrong is in the first ones of each.
    const anyFrame = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 30 }));
    const anyByte = fc.oneof(
      fc.integer({ min: 0, max: 31 }),
      anyFrame.map(([frame, byte]) => 32 + frame * 4120 + byte),
      fc.integer({ min: 0, max: files.wal.length - 1 }),
    );
    fc.assert(
      fc.property(anyByte, fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const wal = Buffer.from(files.wal);
        wal.writeUInt8(wal.readUInt8(at) ^ (1 << bit), at);
        expectSameAsSqlite({ ...files, wal });
      }),
      { numRuns: 200 },
    );
  });
});

test("neither buffer is changed", () => {
  const { database, wal } = write([insert(10)]);
  const before = [Buffer.from(database), Buffer.from(wal)];
  applyWal(database, wal);
  expect([database, wal]).toEqual(before);
});

test("a log of a later format is refused", () => {
  const { database, wal } = write([]);
  wal.writeUInt32BE(3_007_001, 4);
  expect(() => applyWal(database, inOtherByteOrder(wal))).toThrow(
    expect.objectContaining({ code: "ledger" }),
  );
});

/** SQLite writes checksums in its own byte order, and reads both; x86 and ARM never write the big-endian one. */
function inOtherByteOrder(original: Buffer): Buffer {
  const wal = Buffer.from(original);
  wal.writeUInt32BE(wal.readUInt32BE(0) ^ 1, 0);
  const read = (wal.readUInt32BE(0) & 1) === 1 ? wal.readUInt32BE.bind(wal) : wal.readUInt32LE.bind(wal);
  let [first, second] = [0, 0];
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += 8) {
      first = (first + read(at) + second) % 2 ** 32;
      second = (second + read(at + 4) + first) % 2 ** 32;
    }
  };
  const store = (at: number) => {
    wal.writeUInt32BE(first, at);
    wal.writeUInt32BE(second, at + 4);
  };
  add(0, 24);
  store(24);
  const frameBytes = 24 + wal.readUInt32BE(8);
  for (let at = 32; at < wal.length; at += frameBytes) {
    add(at, at + 8);
    add(at + 24, at + frameBytes);
    store(at + 16);
  }
  return wal;
}
