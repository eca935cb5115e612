import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { defaultLedgerPath } from "../../../src/ledger/file/location.js";
import { projectRoot } from "../../support/project.js";
import { readExample, settingsOf } from "../../support/command-lines.js";

const execute = promisify(execFile);

describe("the crontab", () => {
  const lines = readExample("crontab")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const jobs = lines.filter((line) => !/^\w+=/.test(line));

  it("has one job, every 5 minutes", () => {
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.split(" ").slice(0, 5)).toEqual(["*/5", "*", "*", "*", "*"]);
  });

  it("runs a command that docker-gc takes, quietly", () => {
    const command = jobs[0]?.split(" ").slice(5).join(" ") ?? "";
    // For cron, an unescaped % ends the command.
    expect(command).not.toContain("%");
    expect(command).toBe("docker-gc --quiet");
    expect(settingsOf(command)).toMatchObject({
      mode: "run",
      verbosity: "quiet",
      warnings: [],
      policy: { maxAgeMs: 7 * 24 * 3600 * 1000 },
    });
  });

  it("names somebody to mail to, and a path on which npm installs programs", () => {
    expect(lines.filter((line) => !jobs.includes(line))).toEqual([
      expect.stringMatching(/^MAILTO=\S+@\S+$/),
      expect.stringMatching(/^PATH=(.*:)?\/usr\/local\/bin:/),
    ]);
  });
});

describe("the systemd units", async () => {
  const service = readExample("systemd/docker-gc.service");
  const timer = readExample("systemd/docker-gc.timer");
  const problem = await absenceOfSystemd();
  if (problem !== null && process.env["CI"] === "true") throw new Error(problem);
  if (problem !== null) console.warn(`SKIPPED: ${problem}`);

  it.skipIf(problem !== null)("pass systemd-analyze verify without a word", async () => {
    const units = ["docker-gc.service", "docker-gc.timer", "docker-gc-failed.service"].map((name) =>
      join(projectRoot, "examples/systemd", name),
    );
    // It also wants to look at every unit that these name, and at the manual pages of them.
    const { stdout, stderr } = await execute("systemd-analyze", ["verify", "--man=no", ...units]);
    expect(stdout + stderr).toBe("");
  });

  it.skipIf(problem !== null)("start every 5 minutes", async () => {
    const calendar = /^OnCalendar=(.*)$/m.exec(timer)?.[1] ?? "";
    const { stdout } = await execute("systemd-analyze", ["calendar", "--iterations=2", calendar]);
    expect(stdout).toContain("*-*-* *:00/5:00");
  });

  it.skipIf(problem !== null)("are as little exposed as the comment says", async () => {
    const [, score, version] = /at (\d\.\d) of 10 \(systemd (\d+)\)/.exec(service) ?? [];
    const unit = join(projectRoot, "examples/systemd/docker-gc.service");
    const { stdout } = await execute("systemd-analyze", ["security", "--offline=true", unit]);
    const rated = /exposure level for docker-gc\.service: (\d+\.\d) /.exec(stdout)?.[1];
    // Others weigh differently; what is below 2 they all call safe.
    if (await isSystemd(version)) expect(rated).toBe(score);
    else expect(Number(rated)).toBeLessThan(2);
  });

  it("can write where docker-gc has its ledger, and nowhere else", () => {
    const folder = /^StateDirectory=(.*)$/m.exec(service)?.[1];
    const usual = defaultLedgerPath({ uid: 0, home: "/root", env: {} });
    expect(dirname(usual)).toBe(`/var/lib/${folder}`);
    expect(service).toMatch(/^ProtectSystem=strict$/m);
    expect(service).not.toMatch(/^ReadWritePaths=/m);
  });

  // Node dies of the one; the other hides what the tool reads of the boot. Both look like an improvement.
  it("do not forbid what node and docker-gc need", () => {
    expect(service).not.toMatch(/^(MemoryDenyWriteExecute=(yes|true|1|on)|ProcSubset=pid)$/m);
  });

  it("run a command that docker-gc takes", () => {
    const command = /^ExecStart=\/usr\/bin\/env (.*)$/m.exec(service)?.[1] ?? "";
    expect(command).toBe("docker-gc");
    expect(settingsOf(command)).toMatchObject({ mode: "run", warnings: [] });
  });

  it("bound a run in time and memory, and tell when it fails", () => {
    expect(service).toMatch(/^TimeoutStartSec=\d+h$/m);
    expect(service).toMatch(/^MemoryMax=\d+G$/m);
    const [, told = ""] = /^OnFailure=(.*)$/m.exec(service) ?? [];
    expect(readExample(`systemd/${told}`)).toMatch(/^ExecStart=/m);
  });

  it("keep what is compiled where the service may write", () => {
    const folder = /^CacheDirectory=(.*)$/m.exec(service)?.[1];
    const cache = /^Environment=XDG_CACHE_HOME=(.*)$/m.exec(service)?.[1];
    expect([folder, cache]).toEqual(["docker-gc", "/var/cache"]);
    expect(service).toMatch(/^CacheDirectoryMode=0700$/m);
  });

  it("do not take a limit that is not met, or a run that found another one, for a failure", () => {
    expect(/^SuccessExitStatus=(.*)$/m.exec(service)?.[1]?.split(" ")).toEqual(["6", "75", "143"]);
  });
});

async function isSystemd(version: string | undefined): Promise<boolean> {
  const { stdout } = await execute("systemd-analyze", ["--version"]);
  return stdout.startsWith(`systemd ${version ?? "?"} `);
}

async function absenceOfSystemd(): Promise<string | null> {
  try {
    await execute("systemd-analyze", ["--version"]);
    return null;
  } catch {
    return "no systemd-analyze on the PATH (Debian: package systemd), so the systemd units are not verified.";
  }
}
