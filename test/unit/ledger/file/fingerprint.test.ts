import {
  appendFileSync,
  copyFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Database } from "../../../../src/ledger/sqlite/database.js";
import { openFile } from "../../../../src/ledger/sqlite/open-database.js";
import { fingerprint, stampOf } from "../../../../src/ledger/file/fingerprint.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

/** A database with a log, as a run under way has it. */
function start(): { path: string; live: Database } {
  const path = join(temporaryFolder(), "ledger.db");
  writeFileSync(path, "");
  const live = openFile(path, 0);
  live.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  // Its time is told apart from that of every later change, however fast they come.
  utimesSync(path, 1, 1);
  return { path, live };
}

test.each<[string, (path: string, live: Database) => void]>([
  ["the main file is written", (path) => utimesSync(path, 2, 2)],
  ["the log is copied into the main file", (_, live) => live.pragma("wal_checkpoint(PASSIVE)")],
  [
    "the log starts over, and the main file has its old time",
    (path, live) => {
      live.exec("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (2)");
      utimesSync(path, 1, 1);
    },
  ],
  [
    "the run ends, and the main file has its old time",
    (path, live) => {
      live.close();
      utimesSync(path, 1, 1);
    },
  ],
  ["the log is emptied", (path) => truncateSync(`${path}-wal`)],
  [
    "the main file is replaced by a copy of the same time",
    (path) => {
      copyFileSync(path, `${path}.copy`);
      utimesSync(`${path}.copy`, 1, 1);
      renameSync(`${path}.copy`, path);
    },
  ],
  [
    "the main file grows, at the same time",
    (path) => {
      appendFileSync(path, "x");
      utimesSync(path, 1, 1);
    },
  ],
  ["the main file is deleted", (path) => rmSync(path)],
])("it changes when %s", (_, happen) => {
  const { path, live } = start();
  const before = fingerprint(path);
  happen(path, live);
  expect(fingerprint(path)).not.toBe(before);
  live.close();
});

test("it stays the same when the log grows", () => {
  const { path, live } = start();
  const before = fingerprint(path);
  live.exec("INSERT INTO t VALUES (2)");
  expect(fingerprint(path)).toBe(before);
  live.close();
});

test.each<[string, (path: string, live: Database) => void]>([
  ["a commit goes to the log", (_, live) => live.exec("INSERT INTO t VALUES (2)")],
  ["the main file is written", (path) => utimesSync(path, 2, 2)],
  ["the log goes", (_, live) => live.close()],
  ["the main file is deleted", (path) => rmSync(path)],
])("the stamp changes when %s", (_, happen) => {
  const { path, live } = start();
  const before = stampOf(path);
  expect(stampOf(path)).toBe(before);
  happen(path, live);
  expect(stampOf(path)).not.toBe(before);
  live.close();
});
