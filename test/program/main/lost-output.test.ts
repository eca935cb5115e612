import { existsSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

/** In a shell, which says where the program runs and where its output goes; `"$@"` is the program. */
async function inShell(script: string, args: readonly string[]) {
  const home = temporaryFolder();
  const program = [process.execPath, join(projectRoot, "bin/docker-gc.js"), ...args];
  const env = { PATH: process.env["PATH"], HOME: home, DOCKER_GC_CONFIG: "/dev/null" };
  const child = spawn("sh", ["-c", script, "sh", ...program], {
    env,
    cwd: home,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr, ended] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { exitCode: ended[0] as number, stderr };
}

const lost =
  /^docker-gc: The result cannot be written to stdout \(ENOSPC: .*\); make room where it goes\.\n$/;

describe.skipIf(!existsSync("/dev/full"))("a result that meets a full disk", () => {
  it.each([[[]], [["-o", "json"]]])(
    "is one sentence and an exit code of its own, and all else was done: %j",
    async (output) => {
      const practice = await practiceEngine();
      const folder = temporaryFolder();
      const [ledger, metrics] = [join(folder, "ledger.db"), join(folder, "gc.prom")];
      const args = ["--host", practice.host, "--ledger", ledger, "--metrics-file", metrics, ...output];
      expect(await inShell('"$@" >/dev/full', [...args, ...removeAll])).toMatchObject({
        exitCode: 74,
        stderr: expect.stringMatching(lost) as string,
      });
      expect(practice.engine.images.size).toBe(0);
      const written = readFileSync(metrics, "utf8");
      for (const line of [
        "docker_gc_last_run_exit_code 74",
        'docker_gc_runs_total{exit_code="74"} 1',
        'docker_gc_runs_total{exit_code="0"} 0',
        'docker_gc_removals_total{outcome="removed"} 2',
      ])
        expect(written).toContain(`${line}\n`);
      const next = await inShell('"$@"', [...args, ...removeAll]);
      expect(next).toMatchObject({ exitCode: 0, stderr: "" });
      expect(readFileSync(metrics, "utf8")).toContain('docker_gc_runs_total{exit_code="0"} 1\n');
    },
  );

  it.each([["--version"], ["--help"], ["config"], ["completion", "bash"]])(
    "is told of by every command: %s",
    async (...args) => {
      expect(await inShell('"$@" >/dev/full', args)).toMatchObject({
        exitCode: 74,
        stderr: expect.stringMatching(lost) as string,
      });
    },
  );

  it("changes no exit code that says more", async () => {
    const practice = await practiceEngine();
    practice.onRequest = (method) =>
      method === "DELETE" ? { kind: "answer", status: 500, body: { message: "no" } } : undefined;
    const args = ["--host", practice.host, "--ledger", join(temporaryFolder(), "ledger.db"), ...removeAll];
    expect((await inShell('"$@" >/dev/full', args)).exitCode).toBe(3);
  });

  it("is lost without a word where stderr goes there, too", async () => {
    expect((await inShell('"$@" >/dev/full 2>/dev/full', ["config"])).exitCode).toBe(74);
  });
});

describe("a current folder that is gone, as after a CI job", () => {
  const inGoneFolder = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';

  it.each(["--ledger", "--config", "--keep-file"])("is told of where %s begins there", async (option) => {
    const { exitCode, stderr } = await inShell(inGoneFolder, [
      "-n",
      "--host",
      "unix:///nowhere",
      option,
      "a.file",
    ]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
    expect(stderr).not.toContain("please report it");
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("does not matter where nothing begins there", async () => {
    const practice = await practiceEngine();
    const { exitCode, stderr } = await inShell(inGoneFolder, ["-n", "--host", practice.host]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });
});
