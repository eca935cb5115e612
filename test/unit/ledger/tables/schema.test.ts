import { expect, test } from "vitest";
import type { Database } from "../../../../src/ledger/sqlite/database.js";
import { openCopy } from "../../../../src/ledger/sqlite/open-database.js";
import { applicationId } from "../../../../src/ledger/file/database-header.js";
import { migrate, migrations } from "../../../../src/ledger/tables/schema.js";
import { schemaVersion } from "../../../../src/ledger/tables/schema-version.js";

function open(): Database {
  return openCopy(null);
}

function pragma(database: Database, name: string): unknown {
  return database.pragma(name, { simple: true });
}

const first = "CREATE TABLE a (x) ; INSERT INTO a VALUES (1)";
const second = "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = 2";

test("the version of a ledger is the number of steps", () => {
  expect(schemaVersion).toBe(migrations.length);
});

test("a later program takes only the steps that are missing, and keeps what is there", () => {
  const database = open();
  migrate(database, [first]);
  migrate(database, [first, second]);
  migrate(database, [first, second]);
  expect(database.prepare("SELECT * FROM a").all()).toEqual([{ x: 1, y: 2 }]);
  expect(pragma(database, "user_version")).toBe(2);
  expect(pragma(database, "application_id")).toBe(applicationId);
});

test("a step that fails takes all steps of the same migration back", () => {
  const database = open();
  expect(() => migrate(database, [first, "CREATE TABLE a (x)"])).toThrow("already exists");
  expect(database.prepare("SELECT * FROM sqlite_schema").all()).toEqual([]);
  expect(pragma(database, "user_version")).toBe(0);
});

test("a table that others refer to can be rebuilt without losing their rows", () => {
  const database = open();
  const tables = `
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (id INTEGER REFERENCES parent ON DELETE CASCADE);
    INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)`;
  const rebuild = `
    CREATE TABLE wider (id INTEGER PRIMARY KEY, more TEXT);
    INSERT INTO wider (id) SELECT id FROM parent;
    DROP TABLE parent;
    ALTER TABLE wider RENAME TO parent`;
  migrate(database, [tables]);
  migrate(database, [tables, rebuild]);
  expect(database.prepare("SELECT * FROM child").all()).toEqual([{ id: 1 }]);
  expect(pragma(database, "foreign_keys")).toBe(1);
});
