import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
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
import type { PracticeEngineOptions } from "../../practice-engine/server.js";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

interface Place {
  /** The folder of the compiled code. */
  readonly kept: string;
  readonly dist: string;
  readonly run: (
    args?: readonly string[],
    node?: readonly string[],
  ) => Promise<{ code: unknown; stdout: string; stderr: string }>;
}

/** A copy of the program that may be spoilt, with a cache of its own. */
async function prepare(
  engine?: PracticeEngineOptions,
): Promise<Place & { practice: Awaited<ReturnType<typeof practiceEngine>> }> {
  const practice = await practiceEngine(engine);
  const top = temporaryFolder();
  const [cache, dist] = [join(top, "cache"), join(top, "dist")];
  cpSync(join(projectRoot, "dist"), dist, { recursive: true });
  symlinkSync(join(projectRoot, "node_modules"), join(top, "node_modules"));
  const env = { PATH: process.env["PATH"], HOME: top, XDG_CACHE_HOME: cache, DOCKER_GC_CONFIG: "/dev/null" };
  const options = ["--host", practice.host, "--ledger", join(top, "ledger.db")];
  const run: Place["run"] = (args = [], node = []) =>
    new Promise((resolve) => {
      const words = [...node, join(dist, "main.cjs"), ...args, ...options];
      execFile(process.execPath, words, { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (error.signal ?? error.code), stdout, stderr });
      });
    });
  return { practice, kept: join(cache, "docker-gc"), dist, run };
}

/** The code of this file of the program. */
function theFile(kept: string, file = "program.cjs"): string {
  const [name = "", ...others] = readdirSync(kept).filter((each) => each.includes(`-${file}-`));
  expect(others).toEqual([]);
  return join(kept, name);
}

describe("compiled code", () => {
  it("is kept by a run, for its user alone, and used by the next one", async () => {
    const { kept, run } = await prepare();
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    const files = readdirSync(kept).map((name) => join(kept, name));
    expect(files).toHaveLength(2);
    for (const path of files) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(path).size).toBeGreaterThan(100_000);
    }
    const made = files.map((path) => statSync(path).ino);
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
    expect(files.map((path) => statSync(path).ino)).toEqual(made);
  });

  it("is kept once more by the first run that does something else: one with nothing to do, which needs less", async () => {
    const { kept, run } = await prepare({ apiVersion: "1.47" });
    const passing = ["--quiet"];
    await run(passing);
    const path = theFile(kept);
    const size = () => statSync(path).size;
    const ofWholeRuns = size();
    // The first run that can tell that nothing is due is the second one.
    for (let runs = 0; runs < 3; runs += 1) expect(await run(passing)).toMatchObject({ code: 0, stderr: "" });
    expect(size()).toBeGreaterThan(ofWholeRuns);
    const { ino } = statSync(path);
    const whole = theFile(kept, "whole.cjs");
    rmSync(whole);
    await run(passing);
    expect(statSync(path).ino).toBe(ino);
    // Such a run has not even loaded the rest of the program.
    expect(existsSync(whole)).toBe(false);
    await run();
    expect(statSync(path).ino).toBe(ino);
    expect(existsSync(whole)).toBe(true);
  });

  it("is kept by nothing that promises to write nothing", async () => {
    const { kept, run } = await prepare();
    for (const args of [["--dry-run"], ["status"], ["explain", "app:1"]])
      expect(await run(args)).toMatchObject({ code: 0 });
    expect(existsSync(kept)).toBe(false);
  });

  it("belongs to the very source: a change of the same length shows", async () => {
    const { kept, dist, run } = await prepare();
    await run();
    const path = join(dist, "whole.cjs");
    const source = readFileSync(path, "latin1");
    writeFileSync(path, source.replaceAll("This was a dry run", "This WAS a dry run"), "latin1");
    expect((await run(["--dry-run"])).stdout).toContain("This WAS a dry run");
    const { ino } = statSync(theFile(kept, "whole.cjs"));
    await run();
    expect(statSync(theFile(kept, "whole.cjs")).ino).not.toBe(ino);
    expect((await run(["--dry-run"])).stdout).toContain("This WAS a dry run");
  });

  it("of another Node, or of other flags, is another file", async () => {
    const { kept, run } = await prepare();
    await run();
    await run([], ["--max-lazy"]);
    expect(readdirSync(kept)).toHaveLength(4);
  });

  it.each<[string, (content: Buffer) => Buffer]>([
    ["a byte flipped in its middle", (content) => flipped(content, content.length >> 1)],
    ["a byte flipped at its beginning", (content) => flipped(content, 40)],
    ["a byte flipped in its second copy", (content) => flipped(content, Math.floor(content.length * 0.6))],
    ["a byte flipped in its source", (content) => flipped(content, content.length - 1000)],
    ["a byte flipped in its lengths", (content) => flipped(content, content.length - 3)],
    ["its second half missing", (content) => content.subarray(0, content.length >> 1)],
    ["nothing in it", () => Buffer.alloc(0)],
  ])("with %s is not used, and made anew", async (_, spoil) => {
    const { kept, run, practice } = await prepare();
    await run();
    const path = theFile(kept);
    const content = readFileSync(path);
    writeFileSync(path, spoil(content));
    const { ino } = statSync(path);
    expect(await run(removeAll)).toMatchObject({ code: 0, stderr: "" });
    expect(practice.engine.images.size).toBe(0);
    const made = statSync(path).ino;
    expect(made).not.toBe(ino);
    await run();
    expect(statSync(path).ino).toBe(made);
  });

  it("is neither read nor kept where others could write", async () => {
    const { kept, run } = await prepare();
    await run();
    chmodSync(kept, 0o770);
    // What would end the process if it were run: an empty program by its own digest.
    const path = theFile(kept);
    writeFileSync(path, "x");
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(path, "utf8")).toBe("x");
    if (process.getuid?.() !== 0) return;
    chmodSync(kept, 0o700);
    chownSync(kept, 65_534, 65_534);
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(path, "utf8")).toBe("x");
  });

  it("does not take more room than a few files, and leaves those of others alone", async () => {
    const { kept, run } = await prepare();
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    for (let count = 0; count < 8; count += 1)
      writeFileSync(join(kept, `${String(count).repeat(64)}.code`), "");
    writeFileSync(join(kept, "other"), "");
    await run();
    expect(readdirSync(kept).filter((name) => name.endsWith(".code"))).toHaveLength(6);
    expect(readdirSync(kept)).toContain("other");
  });

  it("is not needed: a folder that cannot be made changes nothing", async () => {
    const { kept, run } = await prepare();
    writeFileSync(join(kept, ".."), "");
    expect(await run()).toMatchObject({ code: 0, stderr: "" });
  });
});

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}
