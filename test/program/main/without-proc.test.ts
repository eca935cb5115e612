import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canMount } from "../../support/ledger/temporary-folder.js";
import { projectRoot } from "../../support/project.js";
import { practiceEngine } from "../../support/small-engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** As on a system that has no /proc, such as macOS: with an empty folder in its place. */
async function withoutProc(args: readonly string[]): Promise<{ exitCode: number | null; stdout: string }> {
  const script = 'mount -t tmpfs tmpfs /proc && exec "$0" "$@"';
  const words = ["--mount", "sh", "-c", script, process.execPath, join(projectRoot, "bin/docker-gc.js")];
  const env = { PATH: process.env["PATH"], HOME: temporaryFolder(), DOCKER_GC_CONFIG: "/dev/null" };
  const child = spawn("unshare", [...words, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, stdout };
}

describe.skipIf(!canMount() || spawnSync("unshare", ["--version"]).status !== 0)("without /proc", () => {
  it("two runs follow each other without a gap, and the second one removes what is idle", async () => {
    const practice = await practiceEngine();
    const where = ["--host", practice.host, "--ledger", join(temporaryFolder(), "ledger.db"), "-o", "json"];
    expect((await withoutProc(where)).exitCode).toBe(0);
    const removing = ["--max-age", "1ms", "--grace", "0s", "--keep-recent", "1"];
    const { exitCode, stdout } = await withoutProc([...removing, ...where]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      observation: { continuous: true, gap: null },
      totals: { images: 2, removed: 1 },
    });
  });

  it("a limit that needs the engine's filesystem says that it cannot be had, where that is in a machine of its own", async () => {
    const practice = await practiceEngine({ rootDirectory: "/nowhere/docker" });
    const where = ["--host", practice.host, "--ledger", join(temporaryFolder(), "ledger.db")];
    expect((await withoutProc(["--min-free", "10%", "-o", "json", ...where])).stdout).toContain(
      "requires measuring the filesystem that holds the images",
    );
    const { stdout } = await withoutProc(["doctor", ...where]);
    expect(stdout).toMatch(/^images +skipped +limits in percent or of free space cannot be used/m);
  });
});
