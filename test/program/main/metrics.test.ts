import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquireLock } from "../../../src/ledger/file/lock.js";
import { runHere, type CliResult } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

interface Host {
  readonly folder: string;
  readonly file: string;
  readonly ledger: string;
  readonly run: (args?: readonly string[], host?: string) => Promise<CliResult>;
}

async function prepare(): Promise<Host & { readonly practice: Awaited<ReturnType<typeof practiceEngine>> }> {
  const practice = await practiceEngine();
  const folder = temporaryFolder();
  const file = join(folder, "docker_gc.prom");
  const ledger = join(temporaryFolder(), "ledger.db");
  const run = (args: readonly string[] = [], host = practice.host) =>
    runHere([...args, "--metrics-file", file], { host, ledger });
  return { practice, folder, file, ledger, run };
}

function valueIn(file: string, name: string): number {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

const lastSuccess = "docker_gc_last_success_timestamp_seconds";
const nowhere = "unix:///nowhere/engine.sock";

describe("--metrics-file", () => {
  it("counts from run to run, and is readable for all", async () => {
    const { file, folder, run } = await prepare();
    expect(await run()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(valueIn(file, 'docker_gc_removals_total{outcome="removed"}')).toBe(0);
    expect(await run(removeAll)).toMatchObject({ exitCode: 0 });
    expect(valueIn(file, 'docker_gc_removals_total{outcome="removed"}')).toBe(2);
    expect(valueIn(file, 'docker_gc_image_garbage_collected_total{reason="quota"}')).toBe(2);
    expect(valueIn(file, 'docker_gc_runs_total{exit_code="0"}')).toBe(2);
    expect(valueIn(file, "docker_gc_image_bytes")).toBe(0);
    expect(Math.abs(valueIn(file, lastSuccess) * 1000 - Date.now())).toBeLessThan(60_000);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(["docker_gc.prom"]);
  });

  it("is left alone by a dry run, and by a run that finds the ledger locked", async () => {
    const { file, folder, ledger, run } = await prepare();
    await run(["--dry-run"]);
    expect(readdirSync(folder)).toEqual([]);
    await run();
    const before = readFileSync(file, "utf8");
    await run(["--dry-run"]);
    const lock = await acquireLock(ledger, { waitMs: 0, signal: new AbortController().signal });
    expect(await run()).toMatchObject({ exitCode: 75 });
    lock.release();
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("tells of an engine that cannot be reached, and when that was still otherwise", async () => {
    const { file, run } = await prepare();
    await run();
    const success = valueIn(file, lastSuccess);
    expect(await run([], nowhere)).toMatchObject({ exitCode: 4 });
    expect(valueIn(file, "docker_gc_last_run_exit_code")).toBe(4);
    expect(valueIn(file, 'docker_gc_runs_total{exit_code="4"}')).toBe(1);
    expect(valueIn(file, 'docker_gc_runs_total{exit_code="0"}')).toBe(1);
    expect(valueIn(file, lastSuccess)).toBe(success);
    expect(valueIn(file, "docker_gc_last_run_timestamp_seconds")).toBeGreaterThan(success);
  });

  it("tells of a ledger that cannot be used, and keeps the last success", async () => {
    const { file, ledger, run } = await prepare();
    await run();
    const success = valueIn(file, lastSuccess);
    writeFileSync(ledger, "no ledger");
    expect(await run()).toMatchObject({ exitCode: 5 });
    expect(valueIn(file, "docker_gc_last_run_exit_code")).toBe(5);
    expect(valueIn(file, lastSuccess)).toBe(success);
    expect(readFileSync(file, "utf8")).not.toContain("_total");
  });

  it("does not wait for a pipe that somebody has planted in its place, nor puts itself there", async () => {
    const { file, ledger, run } = await prepare();
    execFileSync("mkfifo", [file]);
    writeFileSync(ledger, "no ledger");
    const result = await run();
    expect(result.exitCode).toBe(5);
    expect(result.stderr).toMatch(
      /^docker-gc: The metrics file [^\n]* cannot be written: the file there is not a /,
    );
    expect(lstatSync(file).isFIFO()).toBe(true);
  });

  it("says that no run was ever a success", async () => {
    const { file, run } = await prepare();
    expect(await run([], nowhere)).toMatchObject({ exitCode: 4 });
    expect(valueIn(file, lastSuccess)).toBe(0);
  });

  it("follows no link beside it, and replaces what a killed run left", async () => {
    const { file, folder, run } = await prepare();
    const prey = join(temporaryFolder(), "prey");
    writeFileSync(prey, "precious");
    symlinkSync(prey, `${file}.new`);
    expect(await run()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readFileSync(prey, "utf8")).toBe("precious");
    expect(lstatSync(file).isFile()).toBe(true);
    writeFileSync(`${file}.new`, "half of i");
    await run();
    expect(readdirSync(folder)).toEqual(["docker_gc.prom"]);
    expect(readFileSync(file, "utf8")).toContain("# HELP");
  });

  it.each<[string, (draft: string) => void]>([
    ["a folder", (draft) => mkdirSync(draft)],
    ["a folder with something in it", (draft) => mkdirSync(join(draft, "x"), { recursive: true })],
  ])("cannot be blocked by what is named like its draft: %s", async (_, plant) => {
    const { file, folder, run } = await prepare();
    plant(`${file}.new`);
    for (let time = 1; time <= 2; time += 1) {
      expect(await run()).toMatchObject({ exitCode: 0, stderr: "" });
      expect(valueIn(file, 'docker_gc_runs_total{exit_code="0"}')).toBe(time);
    }
    expect(readdirSync(folder).sort()).toEqual(["docker_gc.prom", "docker_gc.prom.new"]);
  });

  it.each<[string, (file: string) => void]>([
    ["somebody's file", (file) => writeFileSync(file, "precious", { mode: 0o600 })],
    ["an empty file, which may mean something", (file) => writeFileSync(file, "")],
    ["a link", (file) => symlinkSync("/etc/hostname", file)],
    ["a folder", (file) => mkdirSync(file)],
  ])(
    "replaces nothing but metrics of its own: %s stays, and is told of in every kind of output",
    async (_, plant) => {
      const { file, folder, practice, run } = await prepare();
      plant(file);
      const before = lstatSync(file);
      const sentence =
        /The metrics file \S+ cannot be written: the file there is not a metrics file of docker-gc; move/;
      const text = await run();
      expect(text).toMatchObject({ exitCode: 0, stderr: "" });
      expect(text.stdout.replace(/\s+/g, " ")).toMatch(sentence);
      const json = await run(["-o", "json"]);
      expect(JSON.parse(json.stdout)).toMatchObject({
        exitCode: 0,
        warnings: [expect.stringMatching(sentence)],
      });
      const quiet = await run(["--quiet", ...removeAll]);
      expect(quiet).toMatchObject({ exitCode: 0, stdout: "" });
      expect(quiet.stderr).toMatch(sentence);
      expect(practice.engine.images.size).toBe(0);
      expect((await run([], nowhere)).stderr).toMatch(sentence);
      expect(lstatSync(file)).toMatchObject({ ino: before.ino, mode: before.mode, size: before.size });
      expect(readdirSync(folder)).toEqual(["docker_gc.prom"]);

      rmSync(file, { recursive: true });
      await run();
      expect(valueIn(file, "docker_gc_metrics_write_failures_total")).toBe(4);
    },
  );

  it("warns of a name that the collector passes over", async () => {
    const { practice, ledger, folder } = await prepare();
    const args = ["--metrics-file", join(folder, "metrics.txt"), "-o", "json"];
    const { stdout } = await runHere(args, { host: practice.host, ledger });
    expect(stdout).toContain("node_exporter reads only files whose name ends in .prom");
  });
});
