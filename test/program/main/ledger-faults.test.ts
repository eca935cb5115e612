import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { execute } from "../../support/ledger/query.js";
import {
  canMount,
  fill,
  look,
  makeRoom,
  mount,
  temporaryFileSystem,
  temporaryFolder,
} from "../../support/ledger/temporary-folder.js";
import { runHere } from "../../support/run-cli.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

function overwrite(path: string, at: number, bytes: number): void {
  const content = readFileSync(path);
  content.fill(0x5a, at, at + bytes);
  writeFileSync(path, content);
}

/** What becomes of a ledger that has seen a run, and what the refusal says of it. */
const faults: readonly (readonly [name: string, spoil: (path: string) => void, message: RegExp])[] = [
  ["a text file", (path) => writeFileSync(path, "my shopping list\n".repeat(20)), /is no SQLite database/],
  [
    "a database of another program",
    (path) => execute(path, "PRAGMA application_id = 7"),
    /is a SQLite database of another program/,
  ],
  ["a newer schema", (path) => execute(path, "PRAGMA user_version = 99"), /has schema version 99/],
  ["a page overwritten", (path) => overwrite(path, 4 * 4096, 4096), /is damaged/],
  ["an end cut off", (path) => truncateSync(path, 20_000), /is damaged/],
  [
    "a row that no docker-gc wrote",
    (path) => execute(path, "UPDATE image SET last_use_kind = 'banana'"),
    /is damaged/,
  ],
  [
    "a half-written change of another program",
    (path) => writeFileSync(`${path}-journal`, "x"),
    /was left half-written/,
  ],
  [
    "a link in place of a journal",
    (path) => symlinkSync(victimOf(path), `${path}-journal`),
    /is a symbolic link/,
  ],
  ["a link in place of the log", (path) => symlinkSync(victimOf(path), `${path}-wal`), /is a symbolic link/],
  [
    "a link in place of the shared memory",
    (path) => symlinkSync(victimOf(path), `${path}-shm`),
    /is a symbolic link/,
  ],
  ["a link to another ledger", replaceByLink, /is a symbolic link/],
  ["a folder", replaceByFolder, /is a folder/],
];

/** The ledger is somewhere else, and a link leads there. */
function replaceByLink(path: string): void {
  renameSync(path, `${path}.elsewhere`);
  symlinkSync(`${path}.elsewhere`, path);
}

function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

/** Somebody else's file, outside the ledger's folder. */
function victimOf(path: string): string {
  return join(dirname(path), "../victim");
}

describe("a ledger that cannot be used ends the run with 5: nothing is removed, and every file stays as it is", () => {
  it.each(faults)("%s", async (_, spoil, message) => {
    const practice = await practiceEngine();
    const home = temporaryFolder();
    writeFileSync(join(home, "victim"), "precious");
    const ledger = join(home, "state", "ledger.db");
    await runHere([], { host: practice.host, ledger });
    spoil(ledger);
    const before = look(home);
    for (const args of [removeAll, ["--dry-run", ...removeAll], []]) {
      const result = await runHere(args, { host: practice.host, ledger });
      expect(result).toMatchObject({ exitCode: 5, stdout: "" });
      expect(result.stderr).toMatch(/^docker-gc: [^\n]+\n$/);
      expect(result.stderr).toMatch(message);
      expect(result.stderr).toContain(ledger);
    }
    expect(look(home)).toEqual(before);
    expect(practice.engine.images.size).toBe(2);
  });
});

it("a ledger that cannot be used ends the run at once, also while the engine is at work on its listing", async () => {
  const practice = await practiceEngine();
  practice.onRequest = (_, path) => (path.startsWith("/images/json") ? { kind: "hang" } : undefined);
  const ledger = join(temporaryFolder(), "ledger.db");
  writeFileSync(ledger, "my shopping list\n".repeat(20));
  const result = await runHere(["--timeout", "10m", ...removeAll], { host: practice.host, ledger });
  expect(result).toMatchObject({ exitCode: 5, stdout: "" });
});

describe("a lock that cannot be had ends the run with 5, and nothing is removed", () => {
  it.each<[string, (path: string, victim: string) => void]>([
    ["a link to somebody's file", (path, victim) => symlinkSync(victim, path)],
    ["a link to an empty file", (path) => symlinkSync("/dev/null", path)],
    ["a link to nothing", (path) => symlinkSync("nowhere", path)],
    ["a folder", (path) => mkdirSync(path)],
    ["a file with something in it", (path) => writeFileSync(path, "precious")],
  ])("%s", async (_, plant) => {
    const practice = await practiceEngine();
    const home = temporaryFolder();
    const ledger = join(home, "ledger.db");
    writeFileSync(join(home, "victim"), "precious");
    plant(`${ledger}.lock`, join(home, "victim"));
    const before = look(home);
    const result = await runHere(removeAll, { host: practice.host, ledger });
    expect(result).toMatchObject({ exitCode: 5, stdout: "" });
    expect(result.stderr).toContain(`${ledger}.lock should be an empty file to lock, and is not`);
    expect(look(home)).toEqual(before);
    expect(practice.engine.images.size).toBe(2);
  });
});

describe("the place of a ledger", () => {
  it("is created where it is missing, for its owner only, the lock with it", async () => {
    const practice = await practiceEngine();
    const home = temporaryFolder();
    const ledger = join(home, "not", "yet", "ledger.db");
    expect((await runHere(removeAll, { host: practice.host, ledger })).exitCode).toBe(0);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect([join(home, "not"), join(home, "not/yet"), ledger, `${ledger}.lock`].map(mode)).toEqual([
      "700",
      "700",
      "600",
      "600",
    ]);
  });

  it.skipIf(!canMount())("on a read-only disk ends the run with 5, and nothing is removed", async () => {
    const practice = await practiceEngine();
    const disk = temporaryFileSystem(1024);
    const ledger = join(disk, "ledger.db");
    await runHere([], { host: practice.host, ledger });
    mount("-o", "remount,ro", disk);
    const before = look(disk);
    const result = await runHere(removeAll, { host: practice.host, ledger });
    expect(result).toMatchObject({ exitCode: 5, stdout: "" });
    expect(result.stderr).toMatch(/read-only/);
    expect(look(disk)).toEqual(before);
    expect(practice.engine.images.size).toBe(2);
    expect((await runHere(["--dry-run"], { host: practice.host, ledger })).exitCode).toBe(0);
  });

  it.skipIf(!canMount())(
    "on a full disk: what is removed is told, and that it could not be recorded",
    async () => {
      const practice = await practiceEngine();
      const disk = temporaryFileSystem(1024);
      const options = { host: practice.host, ledger: join(disk, "ledger.db") };
      await runHere([], options);
      fill(disk);
      const loud = await runHere([...removeAll, "--max-removals", "1"], options);
      expect(loud.exitCode).toBe(5);
      expect(loud.stdout).toMatch(/^Freed .*: 1 of 2 images removed\./);
      expect(loud.stdout).toMatch(/The ledger could not record this run\./);
      expect(practice.engine.images.size).toBe(1);
      const quiet = await runHere([...removeAll, "--quiet"], options);
      expect(quiet).toMatchObject({ exitCode: 5, stdout: "" });
      expect(quiet.stderr).toMatch(/^docker-gc: .*its disk is full/);
      const idle = await runHere([...removeAll, "--linger", "60s"], options);
      expect(idle).toMatchObject({ exitCode: 5, stdout: "" });
      expect(idle.stderr).toMatch(/its disk is full/);
      makeRoom(disk);
      expect((await runHere(removeAll, options)).exitCode).toBe(0);
      expect(existsSync(`${options.ledger}-wal`)).toBe(false);
    },
  );
});

it("what is wrong with the rows of one engine stops no run of another", async () => {
  const [first, second] = [await practiceEngine({ id: "FIRST" }), await practiceEngine({ id: "SECOND" })];
  const ledger = join(temporaryFolder(), "ledger.db");
  for (const { host } of [first, second]) await runHere([], { host, ledger });
  execute(
    ledger,
    "UPDATE image SET last_use_kind = 'banana' WHERE engine_id = (SELECT min(engine_id) FROM engine)",
  );
  expect((await runHere([], { host: first.host, ledger })).exitCode).toBe(5);
  expect((await runHere(removeAll, { host: second.host, ledger })).exitCode).toBe(0);
  expect([first.engine.images.size, second.engine.images.size]).toEqual([2, 0]);
});
