import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { runHere, type CliResult } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

let practice: PracticeEngine;

beforeAll(async () => {
  practice = await startPracticeEngine();
  practice.engine.load({ name: "app:1" });
});
afterAll(() => practice.close());
beforeEach(() => {
  practice.requests.length = 0;
});

/** Runs with these, and expects a refusal before anything was asked or written. */
async function refused(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const ledger = join(temporaryFolder(), "ledger.db");
  const result = await runHere(args, { host: practice.host, ledger, env });
  expect(result).toMatchObject({ exitCode: 2, signal: null, stdout: "" });
  expect(result.stderr).toMatch(/^docker-gc: [^\n]+\n$/);
  expect(practice.requests).toEqual([]);
  expect(existsSync(ledger)).toBe(false);
  return result;
}

describe("a bad command line ends with 2 and one sentence, and the engine is never asked", () => {
  const commandLines: readonly (readonly string[])[] = [
    // Sizes.
    ...[
      "",
      "banana",
      "-5G",
      "5",
      "5Q",
      "1.5.5G",
      "10GiBs",
      "0",
      "0G",
      "1e3G",
      "5 0G",
      "NaN",
      "Infinity",
      "999999P",
      "0%",
      "101%",
      "NaN%",
    ].map((size) => [`--quota=${size}`]),
    ["--quota", "1G", "--quota-target", "2G"],
    ["--quota-target", "1G"],
    // Durations.
    ...["", "banana", "5", "-1d", "0", "0s", "1y2", "d", "1d12", "99999999d", "1h1h", "1,5h"].map((age) => [
      `--max-age=${age}`,
    ]),
    ["--grace=5"],
    ["--grace=-1s"],
    ["--timeout=0s"],
    ["--timeout=60"],
    ["--lock-wait=forever"],
    ["--history-age=90"],
    // Counts.
    ["--keep-recent=-1"],
    ["--keep-recent=1.5"],
    ["--keep-recent=banana"],
    ["--max-removals=0"],
    ["--max-removals=-1"],
    // Choices.
    ["--output=yaml"],
    ["--output=JSON"],
    ["--color=sometimes"],
    // Given twice, empty, negated, unknown, stray.
    ["--quota", "1G", "--quota", "1G"],
    ["-n", "--dry-run"],
    ["--dry-run=banana"],
    ["--dry-run=true"],
    ["--dry-run="],
    ["--dry-run", "banana"],
    ["--no-dry-run"],
    ["--no-quota"],
    ["--keep="],
    ["--quota"],
    ["--quota", "--dry-run"],
    ["--quto", "1G"],
    ["-x"],
    ["-nx"],
    ["prune"],
    ["run", "app:1"],
    ["--", "-x"],
    ["-q", "-v"],
    // Rules.
    ["--keep=re:("],
    ["--keep=["],
    ["--only=re:["],
    ["--keep-label==x"],
    // Addresses.
    ["--host=banana"],
    ["--host=tcp://h:99999"],
    ["--host=unix://relative"],
  ];

  it.concurrent.each(commandLines.map((args) => ({ args })))("$args", async ({ args }) => {
    await refused(args);
  });
});

describe("a bad environment ends likewise", () => {
  it.each<[Record<string, string>, string]>([
    [{ DOCKER_GC_QUTOA: "5G" }, "DOCKER_GC_QUTOA"],
    [{ DOCKER_GC_QUOTA: "" }, "DOCKER_GC_QUOTA"],
    [{ DOCKER_GC_QUOTA: "banana" }, "DOCKER_GC_QUOTA"],
    [{ DOCKER_GC_DRY_RUN: "yes" }, "DOCKER_GC_DRY_RUN"],
    [{ DOCKER_GC_MAX_AGE: "7" }, "DOCKER_GC_MAX_AGE"],
    [{ DOCKER_GC_KEEP: "re:(" }, "DOCKER_GC_KEEP"],
  ])("%j", async (env, name) => {
    expect((await refused([], env)).stderr).toContain(name);
  });

  it("DOCKER_HOST, where it is what counts", async () => {
    const ledger = join(temporaryFolder(), "ledger.db");
    const env = { DOCKER_HOST: "tcp://ann:secret@h:banana" };
    const result = await runHere([], { ledger, env });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(/^docker-gc: DOCKER_HOST: /);
    expect(result.stderr).not.toContain("secret");
    expect(existsSync(ledger)).toBe(false);
  });

  it("DOCKER_HOST does not matter where an engine is named", async () => {
    const env = { DOCKER_HOST: "tcp://a b", DOCKER_CERT_PATH: "/nowhere", DOCKER_TLS_VERIFY: "1" };
    const result = await runHere(["--dry-run"], { host: practice.host, env });
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(practice.requests.length).toBeGreaterThan(0);
  });
});

describe("a keep file that cannot be read ends likewise", () => {
  it("no such file", async () => {
    expect((await refused(["--keep-file", "/nowhere/keep"])).stderr).toContain("/nowhere/keep");
  });

  it("a folder", async () => {
    await refused(["--keep-file", temporaryFolder()]);
  });

  it("a pattern in it that is none, with its line", async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "keep");
    writeFileSync(file, "# a comment\napp:1\n\nre:(\n");
    const { stderr } = await refused(["--keep-file", file]);
    expect(stderr).toContain(file);
    expect(stderr).toMatch(/\b4\b/);
  });
});

it("--help and --version end with 0, and ask nobody", async () => {
  const help = await runHere(["--help"], { env: { DOCKER_GC_BOGUS: "1" } });
  expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  expect(help.stdout).toMatch(/--dry-run[\s\S]+Exit/i);
  const version = await runHere(["--version"]);
  expect(version).toMatchObject({ exitCode: 0, stderr: "" });
  expect(version.stdout).toMatch(/^docker-gc \d+\.\d+\.\d+\n$/);
  expect(practice.requests).toEqual([]);
});
