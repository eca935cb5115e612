import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { migrations } from "../../../src/ledger/tables/schema.js";
import { openLedger, openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { engine, record, run, wideRecord } from "../../support/ledger/build-records.js";
import { execute } from "../../support/ledger/query.js";
import { startChild } from "../../support/ledger/start-child.js";
import { look, temporaryFolder } from "../../support/ledger/temporary-folder.js";

const openings = [
  ["for writing", openLedger],
  ["in memory", openLedgerInMemory],
] as const;

/** A folder, a way to spoil the ledger in it, and what the refusal says. */
type Case = readonly [name: string, spoil: (path: string) => void, message: RegExp];

function ledgerThen(spoil: (path: string) => void): (path: string) => void {
  return (path) => {
    const ledger = openLedger(path);
    ledger.save(engine, wideRecord(1), run());
    ledger.close();
    spoil(path);
  };
}

function overwrite(path: string, at: number, bytes: number): void {
  const content = readFileSync(path);
  content.fill(0x5a, at, at + bytes);
  writeFileSync(path, content);
}

const cases: readonly Case[] = [
  ["a text file", (path) => writeFileSync(path, "hello\n".repeat(50)), /is no SQLite database: move it away/],
  ["a short text file", (path) => writeFileSync(path, "x"), /is no SQLite database/],
  [
    "another program's database",
    (path) => execute(path, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)"),
    /is a SQLite database of another program: /,
  ],
  ["a folder", (path) => mkdirSync(path), /is a folder: /],
  ["a link to nothing", (path) => symlinkSync("nowhere", path), /is a symbolic link/],
  [
    "a link to a ledger",
    ledgerThen((path) => symlinkSync(path, join(dirname(path), "link"))),
    /is a symbolic link/,
  ],
  [
    "a newer schema",
    ledgerThen((path) => execute(path, "PRAGMA user_version = 99")),
    new RegExp(
      `has schema version 99, and this program knows versions up to ${migrations.length}: upgrade docker-gc`,
    ),
  ],
  ["a ledger cut short", ledgerThen((path) => truncateSync(path, 20_000)), /is damaged/],
  ["a ledger with a page overwritten", ledgerThen((path) => overwrite(path, 9 * 4096, 4096)), /is damaged/],
  ["a ledger with half a header", ledgerThen((path) => overwrite(path, 20, 40)), /is no|is damaged/],
  [
    "a ledger that another program left half-written",
    ledgerThen((path) => writeFileSync(`${path}-journal`, "x")),
    /was left half-written/,
  ],
  [
    "a link in place of the log",
    ledgerThen((path) => symlinkSync("/etc/passwd", `${path}-wal`)),
    /is a symbolic link/,
  ],
];

describe.each(openings)("opening %s refuses, and changes nothing", (_, open) => {
  test.each(cases)("%s", (name, spoil, message) => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    spoil(path);
    const before = look(folder);
    const named = name === "a link to a ledger" ? join(folder, "link") : path;
    expect(() => open(named)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => open(named)).toThrow(message);
    expect(() => open(named)).toThrow(named);
    expect(look(folder)).toEqual(before);
  });

  test("a newer schema that a killed run left in the log", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    await startChild("save", path);
    // The child keeps the log from being copied into the main file.
    execute(path, "PRAGMA user_version = 99");
    const before = look(folder);
    expect(() => open(path)).toThrow(/has schema version 99/);
    expect(look(folder)).toEqual(before);
  });

  test.each([
    ["a file in place of a folder", "file/ledger.db", /cannot be used \(ENOTDIR|cannot be used \(EEXIST/],
    ["a name that ends in a blank", "ledger.db ", /ends in a blank/],
  ])("%s", (_name, name, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const before = look(folder);
    expect(() => open(join(folder, name))).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => open(join(folder, name))).toThrow(message);
    expect(look(folder)).toEqual(before);
  });
});

test.each(["/proc/docker-gc/ledger.db", "/proc/docker-gc/deeper/ledger.db"])(
  "%s, whose folder cannot be created, is refused",
  (path) => {
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
  },
);

describe("rows that no docker-gc wrote are refused", () => {
  test.each([
    ["a use kind", "UPDATE image SET last_use_kind = 'banana'", /unknown use, "banana"/],
    ["an image ID", "UPDATE image SET image_id = 'sha256:' || substr(image_id, 9)", /unknown image ID/],
    ["an image ID of a container", "UPDATE container SET image_ids = 'x'", /unknown image ID, "x"/],
    ["a container ID", "UPDATE container SET container_id = 'x'", /unknown container ID, "x"/],
    [
      "a use at no checkpoint",
      `UPDATE engine SET checkpoint_at = NULL, observed_ms = NULL, steady_boot_id = NULL, steady_elapsed_ms = NULL,
         anchor_time_nano = NULL, anchor_type = NULL, anchor_action = NULL, anchor_actor_id = NULL;
       UPDATE image SET is_in_use = 1`,
      /unknown use/,
    ],
    ["a time", "UPDATE image SET last_used_at = 9223372036854775807", /unknown number/],
    ["an image ID of a failure", "UPDATE failed_removal SET image_id = 'x'", /unknown image ID, "x"/],
    ["a number of failures", "UPDATE failed_removal SET failures = 9223372036854775807", /unknown number/],
  ])("%s", (_, sql, message) => {
    const path = join(temporaryFolder(), "ledger.db");
    const first = openLedger(path);
    first.save(engine, record(), run());
    first.close();
    execute(path, sql);
    const before = look(dirname(path));
    expect(() => openLedger(path)).toThrow(message);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(look(dirname(path))).toEqual(before);
    const copy = openLedgerInMemory(path);
    expect(() => copy.load(engine)).toThrow(message);
    copy.close();
  });
});
