import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openLedger, openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { engine, imageId, record, run, wideRecord } from "./build-records.js";
import { execute } from "./query.js";
import { startChild } from "./start-child.js";
import { look, temporaryFolder } from "./temporary-folder.js";

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
    /has schema version 99, and this program knows versions up to 1: upgrade docker-gc/,
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

test("a folder that cannot be created is refused", () => {
  expect(() => openLedger("/proc/docker-gc/ledger.db")).toThrow(expect.objectContaining({ code: "ledger" }));
});

describe("rows that no docker-gc wrote are refused", () => {
  test.each([
    ["a use kind", "UPDATE image SET last_use_kind = 'banana'", /unknown use, "banana"/],
    ["an image ID", "UPDATE image SET image_id = 'sha256:' || substr(image_id, 9)", /unknown image ID/],
    ["an image ID of a container", "UPDATE container SET image_id = 'x'", /unknown image ID, "x"/],
    ["an image ID of a name", "UPDATE name SET image_id = 'x'", /unknown image ID, "x"/],
    ["a container ID", "UPDATE container SET container_id = 'x'", /unknown container ID, "x"/],
    ["a time", "UPDATE image SET last_used_at = 9223372036854775807", /unknown number/],
  ])("%s", (_, sql, message) => {
    const path = join(temporaryFolder(), "ledger.db");
    const first = openLedger(path);
    first.save(engine, record(), run());
    first.close();
    execute(path, sql);
    const ledger = openLedger(path);
    expect(() => ledger.load(engine)).toThrow(message);
    expect(() => ledger.load(engine)).toThrow(expect.objectContaining({ code: "ledger" }));
    ledger.close();
  });
});

describe("files are for their owner only", () => {
  test("the folder, the file and its log", () => {
    const path = join(temporaryFolder(), "new/folder/ledger.db");
    const ledger = openLedger(path);
    ledger.save(engine, record(), run());
    const mode = (name: string) => (statSync(name).mode & 0o777).toString(8);
    expect([dirname(dirname(path)), dirname(path), path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual([
      "700",
      "700",
      "600",
      "600",
      "600",
    ]);
    ledger.close();
  });

  test("a file that is there keeps its mode", () => {
    const path = join(temporaryFolder(), "ledger.db");
    openLedger(path).close();
    chmodSync(path, 0o640);
    openLedger(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test("a link planted where a new file is prepared is not followed", () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    symlinkSync(join(folder, "victim"), `${path}.new`);
    writeFileSync(join(folder, "victim"), "precious");
    openLedger(path).close();
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("precious");
  });
});

describe("without permission", () => {
  const root = process.getuid?.() === 0;

  /** Permissions do not bind root: becomes nobody until the test ends. */
  function asNobody(): void {
    if (root) {
      process.seteuid?.(65_534);
      onTestFinished(() => process.seteuid?.(0));
    }
  }

  function readableFolder(): string {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    return folder;
  }

  test.each([
    ["to create the file", 0o555, null],
    ["to write the file", 0o777, 0o444],
    ["to read the file", 0o777, 0o000],
    ["to write the folder, which needs a log", 0o555, 0o666],
  ])("%s", (_, folderMode, fileMode) => {
    const folder = readableFolder();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    if (fileMode === null) {
      unlinkSync(path);
    } else {
      chmodSync(path, fileMode);
    }
    chmodSync(folder, folderMode);
    const before = look(folder);
    asNobody();
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => openLedger(path)).toThrow(/permission is denied/);
    if (root) {
      process.seteuid?.(0);
    }
    expect(look(folder)).toEqual(before);
  });

  test("to write, a copy in memory can still be had", () => {
    const folder = readableFolder();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    asNobody();
    const ledger = openLedgerInMemory(path);
    ledger.save(engine, record(), run());
    expect(ledger.load(engine).images.has(imageId(1))).toBe(true);
  });
});
