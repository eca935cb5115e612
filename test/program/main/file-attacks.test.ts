import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runHere, spawnCli, type CliResult } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

/** What an ordinary account does, by a shell in a folder. */
function asNobody(folder: string, script: string): void {
  execFileSync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-euc", script], {
    cwd: folder,
  });
}

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn("Attacks by other users are not tested: only root can be somebody else.");

/** A folder that everybody can write to, as an administrator may have made one. */
function openFolder(): string {
  const folder = join(temporaryFolder(), "open");
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  chmodSync(join(folder, ".."), 0o755);
  return folder;
}

describe("a file that waits for ever, or never ends, ends a run with 2 and is never waited for:", () => {
  const pipe = (folder: string): string => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    return path;
  };

  it.each<[string, (folder: string) => readonly string[]]>([
    ["an endless keep file", () => ["--keep-file", "/dev/zero"]],
    ["an endless config file", () => ["--config", "/dev/zero"]],
    ["an endless file to import", () => ["import", "/dev/zero"]],
    ["a keep file of a terabyte", (folder) => ["--keep-file", sparse(folder)]],
    ["a file of a terabyte to import", (folder) => ["import", sparse(folder)]],
  ])("%s", async (_, argsIn) => {
    const practice = await practiceEngine();
    const result = await runHere(argsIn(temporaryFolder()), { host: practice.host });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(/^docker-gc: [^\n]* is (a device|too large)[^\n]*\n$/);
    expect(practice.requests).toEqual([]);
  });

  function sparse(folder: string): string {
    const path = join(folder, "large");
    execFileSync("truncate", ["--size=1T", path]);
    return path;
  }

  it("docker's settings, a context's, and its certificates", async () => {
    const home = temporaryFolder();
    const docker = join(home, ".docker");
    mkdirSync(docker);
    execFileSync("mkfifo", [join(docker, "config.json")]);
    const env = { HOME: home };
    expect((await runHere([], { env })).stderr).toContain("config.json cannot be read (is a pipe)");
    for (const name of ["ca.pem", "cert.pem", "key.pem"]) execFileSync("mkfifo", [join(docker, name)]);
    // The settings are asked for headers, also where the engine is named.
    writeFileSync(join(home, "config.json"), "{}");
    const tlsEnv = { DOCKER_CONFIG: home, DOCKER_CERT_PATH: docker, DOCKER_TLS_VERIFY: "1" };
    const tls = await runHere(["--host", "tcp://127.0.0.1:1"], { env: { ...env, ...tlsEnv } });
    expect(tls).toMatchObject({ exitCode: 2, stdout: "" });
    expect(tls.stderr).toContain("A file for TLS cannot be read (is a pipe)");
  });

  it.each<[string, (path: string) => readonly string[]]>([
    ["--keep-file", (path) => ["--keep-file", path]],
    ["--config", (path) => ["--config", path]],
    ["import", (path) => ["import", path]],
  ])("and SIGTERM ends the wait for a pipe: %s", async (_, argsOf) => {
    const { host } = await practiceEngine();
    const { child, result } = await spawnCli(argsOf(pipe(temporaryFolder())), { host });
    // Begun, and waiting: a pipe that is open for reading can be opened for writing without waiting.
    await untilRead(child.pid ?? 0);
    child.kill("SIGTERM");
    expect(await result).toMatchObject({ exitCode: 143, stdout: "" });
  });
});

/** Until a process has a pipe with a name open. */
async function untilRead(pid: number): Promise<void> {
  const script = `ls -l /proc/${pid}/fd | grep -q '/pipe$'`;
  for (let tries = 0; tries < 1000; tries += 1) {
    try {
      execFileSync("sh", ["-c", script], { stdio: "ignore" });
      return;
    } catch {
      await sleep(10);
    }
  }
  throw new Error("The pipe was never opened.");
}

it("rules come by a pipe, as in --keep-file <(command)", async () => {
  const { host } = await practiceEngine();
  const bin = join(process.cwd(), "bin/docker-gc.js");
  const script = `"$0" "$1" --dry-run --host "$2" --ledger "$3" -o json --config <(echo 'max-age: 3d') --keep-file <(sleep 0.3; echo 'app:1')`;
  const ledger = join(temporaryFolder(), "ledger.db");
  const { stdout } = await promisify(execFile)("bash", ["-c", script, process.execPath, bin, host, ledger]);
  expect(JSON.parse(stdout)).toMatchObject({
    policy: { keepPatterns: ["app:1"], maxAgeSeconds: 3 * 86_400 },
  });
});

describe.skipIf(!isRoot)(
  "as root, what another user can change is refused before the engine is asked",
  () => {
    async function refused(args: readonly string[], exitCode: number, env = {}): Promise<CliResult> {
      const practice = await practiceEngine();
      const result = await runHere([...removeAll, ...args], { host: practice.host, env });
      expect(result).toMatchObject({ exitCode, stdout: "" });
      expect(result.stderr).toMatch(
        /^docker-gc: Root does not take the [^\n]*; (run "ch(own|mod) [^\n]*"|put it into a folder [^\n]*), or give --trust-files\.\n$/,
      );
      expect(practice.engine.images.size).toBe(2);
      expect(practice.requests).toEqual([]);
      return result;
    }

    it("a config file of theirs, which would have any file overwritten", async () => {
      const folder = openFolder();
      const prey = join(temporaryFolder(), "prey.prom");
      writeFileSync(prey, "precious", { mode: 0o600 });
      asNobody(folder, `echo 'metrics-file: ${prey}' >gc.yaml`);
      const { stderr } = await refused(["--config", join(folder, "gc.yaml")], 2);
      expect(stderr).toContain("the config file");
      chmodSync(folder, 0o755);
      expect((await refused(["--config", join(folder, "gc.yaml")], 2)).stderr).toContain(
        `it belongs to user 65534; run "chown root ${folder}/gc.yaml"`,
      );
      // One that trusts itself.
      asNobody(folder, `echo 'trust-files: true' >>gc.yaml`);
      await refused(["--config", join(folder, "gc.yaml")], 2);
      expect(readFileSync(prey, "utf8")).toBe("precious");
    });

    it("a keep file, or one that they can put another one in the place of", async () => {
      const folder = openFolder();
      writeFileSync(join(folder, "keep"), "app:*\n");
      expect((await refused(["--keep-file", join(folder, "keep")], 2)).stderr).toContain(
        `run "chmod o-w ${folder}"`,
      );
      asNobody(folder, "mv keep old; echo '#' >keep");
      await refused(["--keep-file", join(folder, "keep")], 2);
    });

    it("a link of theirs to a file of root's", async () => {
      const folder = openFolder();
      const other = join(temporaryFolder(), "other.yaml");
      writeFileSync(other, "quota: 1K\n");
      asNobody(folder, `ln -s ${other} gc.yaml`);
      chmodSync(folder, 0o1777);
      await refused(["--config", join(folder, "gc.yaml")], 2);
    });

    it.each([
      ["the ledger", "echo >ledger.db"],
      ["its lock", "echo >ledger.db.lock"],
      ["its note for idle runs", "echo >ledger.db.idle"],
      ["its log", "echo >ledger.db-wal"],
      ["its folder", "true"],
    ])("%s", async (_, script) => {
      const folder = openFolder();
      asNobody(folder, script);
      for (const mode of [0o777, 0o1777]) {
        chmodSync(folder, mode);
        await refused(["--ledger", join(folder, "ledger.db")], 5);
        await refused(["--dry-run", "--ledger", join(folder, "ledger.db")], 5);
      }
      chmodSync(folder, 0o755);
      if (script !== "true") await refused(["--ledger", join(folder, "ledger.db")], 5);
      expect(existsSync(join(folder, "ledger.db.lock"))).toBe(script.includes("lock"));
    });

    it("but not with --trust-files, nor in a dry run with it", async () => {
      const folder = openFolder();
      asNobody(folder, "echo 'app:1' >keep; echo 'trust-files: false' >gc.yaml");
      const given = ["--keep-file", "keep", "--config", "gc.yaml", "--ledger", "ledger.db"];
      const args = given.map((word) => (word.startsWith("--") ? word : join(folder, word)));
      const practice = await practiceEngine();
      for (const more of [["--dry-run"], []]) {
        const run = await runHere([...removeAll, ...args, ...more, "--trust-files"], { host: practice.host });
        expect(run).toMatchObject({ exitCode: 6, stderr: "" });
      }
      expect(practice.engine.images.size).toBe(1);
    });

    it("and not what belongs to the user behind sudo", async () => {
      const folder = openFolder();
      asNobody(folder, "mkdir own; echo 'app:*' >own/keep");
      const practice = await practiceEngine();
      chmodSync(folder, 0o755);
      const args = [
        ...removeAll,
        "--keep-file",
        join(folder, "own/keep"),
        "--ledger",
        join(folder, "own/ledger.db"),
      ];
      const run = await runHere(args, { host: practice.host, env: { SUDO_UID: "65534" } });
      expect(run).toMatchObject({ exitCode: 6, stderr: "" });
      await refused(["--keep-file", join(folder, "own/keep")], 2);
    });
  },
);
