import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Fault } from "../../practice-engine/fault.js";
import { startPracticeEngine, type PracticeEngine } from "../../practice-engine/server.js";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const execute = promisify(execFile);
const broken: Fault = { kind: "answer", status: 500, body: { message: "broken" } };
let practice: PracticeEngine | undefined;

/** For temporary files of all tests: tsx keeps there what it has compiled, which takes it longer than the show. */
const temporary = mkdtempSync(join(tmpdir(), "docker-gc-test-"));

afterEach(async () => {
  await practice?.close();
  practice = undefined;
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  readonly home: string;
}

/** A command line in the project, with a home of its own. */
async function show(
  [command = "", ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Shown> {
  const home = temporaryFolder();
  const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: temporary, ...variables };
  const found = await execute(command, args, { cwd: projectRoot, env });
  return { ...found, home };
}

/** `npm start` as a newcomer types it. */
const npmStart = (variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Shown> =>
  show(["npm", "start", "--silent", "--", ...args], variables);

async function startEngine(): Promise<PracticeEngine> {
  practice = await startPracticeEngine();
  for (const name of ["used:1", "unused:1"]) practice.engine.load({ name, megabytes: 10 });
  practice.engine.run("used:1");
  return practice;
}

describe("npm start without an engine", () => {
  it("shows a whole life on the practice engine, and leaves nothing behind", async () => {
    const { stdout, stderr, home } = await npmStart({
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    });
    expect(stderr).toBe("");
    expect(oneLine(stdout)).toContain("Cannot reach a Docker Engine at unix:///nowhere/docker.sock");
    expect(stdout).toContain("practice engine");
    const commands = stdout.split("\n").filter((line) => line.startsWith("$ "));
    expect(commands).toEqual([
      "$ docker-gc",
      "$ docker-gc --dry-run --quota 2.75G --keep 'vendor/*'",
      "$ docker-gc explain shop/web:1 --quota 2.75G --keep 'vendor/*'",
      "$ docker-gc what-if --quota 2G..4G",
      "$ docker-gc --quota 2.75G --keep 'vendor/*'",
      "$ docker-gc --quota 2.75G --keep 'vendor/*'",
      "$ docker-gc explain mysql",
    ]);
    const [, first, dryRun, why, whatIf, asked, second, past] = stdout.split(/^\$ docker-gc.*\n/m);
    const [proposal, real] = (asked ?? "").split("Remove 3 images, 992 MiB? [y/N/e] y\n");
    expect(first).toMatch(/^Nothing to remove\.[^]*This is the first run\./);
    expect(dryRun).toMatch(/^Would free 992 MiB by removing 3 of 9 images\./);
    expect(real).toMatch(/^Freed 992 MiB: 3 of 9 images removed\./);
    for (const line of [/redis:7 .*idle ≥ 7d/, /mysql:8 .*over quota/, /shop\/web:1 .*over quota/]) {
      expect(dryRun).toMatch(line);
      expect(real).toMatch(line);
    }
    expect(second).toMatch(/^Nothing to remove\./);
    expect(why).toMatch(/^shop\/web:1 goes: over quota[^]*^What would change that/m);
    expect(whatIf).toMatch(/4 GiB/);
    expect(proposal).toMatch(/^Goes: 3 images\n/);
    expect(past).toMatch(/^mysql:8 was removed: over quota\n/);
    expect(leftIn(temporary)).toEqual([]);
    expect(leftIn(home)).toEqual([]);
  });

  it("takes a few seconds of a processor", async () => {
    const { stdout } = await show(["bash", "-c", "npm start --silent >/dev/null; times"], {
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    });
    // Of the shell, and of what it started: user and system.
    const seconds = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
    );
    expect(seconds).toHaveLength(4);
    expect(seconds.reduce((sum, each) => sum + each, 0)).toBeLessThan(10);
  });

  it("takes no notice of settings of the tool that happen to be in the environment", async () => {
    const variables = { DOCKER_GC_QUOTA: "1K", DOCKER_GC_GRACE: "0s", DOCKER_GC_NONSENSE: "1" };
    const { stdout } = await npmStart({ DOCKER_HOST: "unix:///nowhere/docker.sock", ...variables });
    expect(stdout).toContain("Freed 992 MiB: 3 of 9 images removed.");
  });

  it("takes an address that is none for no engine", async () => {
    const { stdout } = await npmStart({ DOCKER_HOST: "nonsense" });
    expect(oneLine(stdout)).toContain('DOCKER_HOST: "nonsense" is not an engine address');
    expect(stdout).toContain("Freed 992 MiB: 3 of 9 images removed.");
  });
});

describe("npm start with an engine", () => {
  it("makes a dry run there, and removes and writes nothing", async () => {
    const { host, engine, requests } = await startEngine();
    const { stdout, home } = await npmStart({ DOCKER_HOST: host });
    expect(oneLine(stdout)).toContain(`A Docker Engine answers at ${host}. This is a dry run`);
    expect(stdout).toContain("Nothing to remove. This was a dry run.");
    expect(stdout).not.toContain("shop/web");
    expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(engine.images.size).toBe(2);
    expect(leftIn(home)).toEqual([]);
  });

  it("shows the practice engine in its place where that is asked for", async () => {
    const { host, requests } = await startEngine();
    const { stdout } = await npmStart({ DOCKER_HOST: host }, "--practice");
    expect(stdout).toContain("Freed 992 MiB: 3 of 9 images removed.");
    expect(requests).toEqual([]);
  });

  it.each<[string, string, Fault, string]>([
    ["hangs", "/_ping", { kind: "hang" }, "did not finish its answer to GET /_ping within 3 s."],
    ["breaks later on", "/images/json?all=1", broken, "The dry run ended with exit 4."],
  ])("does without one that %s", async (_, path, fault, sentence) => {
    const engine = await startEngine();
    engine.onRequest = (__, asked) => (asked === path ? fault : undefined);
    const { stdout } = await npmStart({ DOCKER_HOST: engine.host });
    expect(oneLine(stdout)).toContain(sentence);
    expect(stdout).toContain("Freed 992 MiB: 3 of 9 images removed.");
    expect(engine.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

/** Paragraphs are broken at any blank. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

function leftIn(folder: string): string[] {
  // npm and tsx keep caches of their own.
  return readdirSync(folder).filter((name) => !/^(\.npm|tsx-|node-compile-cache)/.test(name));
}
