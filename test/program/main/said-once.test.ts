import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquireLock } from "../../../src/ledger/file/lock.js";
import { runHere, type CliResult } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine } from "../../support/small-engine.js";

const day = 24 * 60 * 60 * 1000;
const nowhere = "unix:///nowhere/engine.sock";
/** Both images are in their grace time. */
const unmet = ["--quota", "1M"];

interface Host {
  readonly ledger: string;
  readonly said: string;
  /** What `docker-gc --quiet` says on stderr; its stdout is empty. */
  readonly quiet: (args?: readonly string[], host?: string) => Promise<string>;
  readonly last: () => CliResult | null;
  /** As if so much time had passed since anything was said. */
  readonly age: (ms: number) => void;
}

async function prepare(): Promise<Host> {
  const practice = await practiceEngine();
  const ledger = join(temporaryFolder(), "ledger.db");
  const said = `${ledger}.said`;
  let last: CliResult | null = null;
  return {
    ledger,
    said,
    last: () => last,
    quiet: async (args = [], host = practice.host) => {
      last = await runHere(["--quiet", ...args], { host, ledger });
      expect(last.stdout).toBe("");
      return last.stderr;
    },
    age: (ms) => {
      const text = readFileSync(said, "utf8");
      writeFileSync(
        said,
        text.replace(/\d{13}/g, (moment) => String(Number(moment) - ms)),
      );
    },
  };
}

describe("with --quiet", () => {
  it("a limit that is not met is told when it begins, once a day, and when it is met again; the exit code is the same", async () => {
    const { quiet, last, age } = await prepare();
    expect(await quiet(unmet)).toMatch(
      /^docker-gc: The quota of 1 MiB cannot be met: .*\ndocker-gc: Grace ends in .*\n$/,
    );
    expect(last()?.exitCode).toBe(6);
    expect(await quiet(unmet)).toBe("");
    expect(last()?.exitCode).toBe(6);
    age(day);
    expect(await quiet(unmet)).toMatch(/cannot be met: [^]* It has been so since \d{4}-[^\n]*\n$/);
    expect(await quiet(unmet)).toBe("");
    expect(await quiet()).toMatch(/^docker-gc: All limits are met again; the problem began at [^\n]*\n$/);
    expect(last()?.exitCode).toBe(0);
    expect(await quiet()).toBe("");
  });

  it("an engine that is away is told once, whatever else there was, and that it is back", async () => {
    const { quiet, last } = await prepare();
    const { quiet: other } = await prepare();
    await quiet();
    expect(await quiet([], nowhere)).toContain("/nowhere/engine.sock");
    expect(await quiet([], nowhere)).toBe("");
    expect(last()?.exitCode).toBe(4);
    // Another engine that answers says nothing of this one.
    expect(await quiet()).toBe("");
    expect(await quiet([], nowhere)).toBe("");
    expect(await other()).toBe("");
  });

  it("an engine that answers again is told", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const run = () => runHere(["--quiet"], { host: practice.host, ledger });
    practice.onRequest = () => ({ kind: "answer", status: 500, body: { message: "out of order" } });
    expect((await run()).stderr).toContain("out of order");
    expect(await run()).toMatchObject({ exitCode: 4, stderr: "" });
    practice.onRequest = undefined;
    expect((await run()).stderr).toMatch(/^docker-gc: The engine answers again; /);
    expect((await run()).stderr).toBe("");
  });

  it("a ledger that cannot be used is told once, as the memory is beside it", async () => {
    const { quiet, last, ledger } = await prepare();
    writeFileSync(ledger, "no ledger");
    expect(await quiet()).toContain("no SQLite database");
    expect(await quiet()).toBe("");
    expect(last()?.exitCode).toBe(5);
    rmSync(ledger);
    expect(await quiet()).toContain("The ledger can be used again");
  });

  it("everything is told each time where the memory cannot be read or written", async () => {
    const { quiet, said } = await prepare();
    mkdirSync(said);
    for (let run = 0; run < 2; run += 1) expect(await quiet(unmet)).toContain("cannot be met");
    rmSync(said, { recursive: true });
    writeFileSync(said, "no memory");
    expect(await quiet(unmet)).toContain("cannot be met");
    expect(await quiet(unmet)).toBe("");
  });

  it("a dry run tells all, and remembers nothing", async () => {
    const { quiet } = await prepare();
    for (let run = 0; run < 2; run += 1)
      expect(await quiet(["--dry-run", ...unmet])).toContain("cannot be met");
    expect(await quiet(unmet)).toContain("cannot be met");
  });

  it("limits that are all off are told once where they are settings, and not where somebody typed that", async () => {
    const { quiet, ledger } = await prepare();
    for (let run = 0; run < 2; run += 1) expect(await quiet(["--max-age", "off"])).toBe("");
    const config = `${ledger}.yaml`;
    writeFileSync(config, "max-age: off\n", { mode: 0o600 });
    expect(await quiet(["--config", config])).toContain("all limits are off");
    expect(await quiet(["--config", config])).toBe("");
    expect(await quiet()).toContain("There is a limit again");
  });
});

describe("a lock that another run holds", () => {
  const hour = 60 * 60 * 1000;

  it("is told with its holder after an hour, once, and when it is free again", async () => {
    const { quiet, last, ledger } = await prepare();
    const lock = await acquireLock(ledger, { waitMs: 0 });
    lock.announce();
    expect(await quiet()).toBe("");
    const note = `${ledger}.holder`;
    const holder = JSON.parse(readFileSync(note, "utf8")) as { since: number };
    writeFileSync(note, JSON.stringify({ ...holder, since: holder.since - hour }));
    expect(await quiet()).toMatch(
      new RegExp(
        `Another run holds the lock .* It is PID ${process.pid} of .*\\. It has been so since \\d{4}-`,
      ),
    );
    expect(await quiet()).toBe("");
    expect(last()?.exitCode).toBe(75);
    lock.release();
    expect(await quiet()).toContain("The ledger is free again");
  });

  it("is told after an hour also where nobody knows who it is", async () => {
    const { quiet, ledger, age } = await prepare();
    const lock = await acquireLock(ledger, { waitMs: 0 });
    expect(await quiet()).toBe("");
    age(hour);
    expect(await quiet()).toContain("Another run holds the lock");
    lock.release();
  });

  it("shows in the metrics, which stay as they were otherwise", async () => {
    const { quiet, ledger } = await prepare();
    const folder = temporaryFolder();
    const file = join(folder, "docker_gc.prom");
    const args = ["--metrics-file", file];
    const since = () =>
      /^docker_gc_ledger_locked_since_timestamp_seconds (.*)$/m.exec(readFileSync(file, "utf8"))?.[1];
    await quiet(args);
    const before = readFileSync(file, "utf8");
    expect(since()).toBe("0");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    lock.announce();
    const note = `${ledger}.holder`;
    const holder = JSON.parse(readFileSync(note, "utf8")) as { since: number };
    writeFileSync(note, JSON.stringify({ ...holder, since: holder.since - hour }));
    await quiet(args);
    expect(Number(since())).toBe((holder.since - hour) / 1000);
    const lines = (text: string) =>
      text
        .split("\n")
        .filter((line) => !line.includes("locked_since"))
        .sort();
    expect(lines(readFileSync(file, "utf8"))).toEqual(lines(before));
    lock.release();
    await quiet(args);
    expect(since()).toBe("0");
  });
});
