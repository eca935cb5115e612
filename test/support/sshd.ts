import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "./free-port.js";
import { findProgram } from "./programs.js";

const execute = promisify(execFile);
const startDeadlineMs = 30_000;
/** Debian's sshd wants it to be there. */
const privilegeFolder = "/run/sshd";

/** A private sshd on loopback, with one key that may log in, and a folder with an `ssh` that knows it and that key. */
export class Sshd {
  readonly folder: string;
  readonly port: number;
  #process: ChildProcess | null = null;
  #madeFolder = false;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** @param engine DOCKER_HOST for whoever logs in */
  static async start(folder: string, engine: string): Promise<Sshd> {
    await mkdir(folder, { mode: 0o700 });
    const sshd = new Sshd(folder, await freePort());
    await sshd.#writeFiles(engine);
    await sshd.#start();
    return sshd;
  }

  get user(): string {
    return userInfo().username;
  }

  /** To be the first folder of the PATH: an `ssh` with the settings of this folder instead of the user's. */
  get programs(): string {
    return join(this.folder, "bin");
  }

  /** Adds to what the user's `~/.ssh/config` would say. */
  async configure(lines: readonly string[]): Promise<void> {
    await writeFile(join(this.folder, "config"), [...lines, ...this.#usualSettings(), ""].join("\n"));
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== null && child.exitCode === null) {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    }
    if (this.#madeFolder) await rmdir(privilegeFolder).catch(() => undefined);
  }

  #usualSettings(): string[] {
    const at = (name: string): string => join(this.folder, name);
    return [`IdentityFile ${at("key")}`, "IdentitiesOnly yes", `UserKnownHostsFile ${at("known_hosts")}`];
  }

  async #writeFiles(engine: string): Promise<void> {
    const at = (name: string): string => join(this.folder, name);
    for (const name of ["host_key", "key", "stranger"])
      await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(name)]);
    const hostKey = await readFile(at("host_key.pub"), "utf8");
    await writeFile(at("known_hosts"), `[127.0.0.1]:${this.port} ${hostKey}`);
    await writeFile(at("authorized_keys"), await readFile(at("key.pub")), { mode: 0o600 });
    const settings = [
      ...["ListenAddress 127.0.0.1", `Port ${this.port}`, `HostKey ${at("host_key")}`],
      ...[`AuthorizedKeysFile ${at("authorized_keys")}`, "StrictModes no", "UsePAM no", "PidFile none"],
      ...["PasswordAuthentication yes", "PermitRootLogin yes", `SetEnv DOCKER_HOST=${engine}`],
    ];
    await writeFile(at("sshd_config"), settings.join("\n"));
    await this.configure([]);
    await mkdir(this.programs);
    const program = findProgram("ssh") ?? "ssh";
    await writeFile(join(this.programs, "ssh"), `#!/bin/sh\nexec ${program} -F ${at("config")} "$@"\n`);
    await chmod(join(this.programs, "ssh"), 0o755);
  }

  async #start(): Promise<void> {
    if (!existsSync(privilegeFolder)) {
      await mkdir(privilegeFolder, { mode: 0o755 });
      this.#madeFolder = true;
    }
    const args = ["-D", "-e", "-f", join(this.folder, "sshd_config")];
    // sshd starts itself anew for each connection, and must be called by its whole path for that.
    const child = spawn(findProgram("sshd") ?? "sshd", args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const deadline = Date.now() + startDeadlineMs;
    while (!said.includes("Server listening")) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`sshd did not start: ${said}`);
      await sleep(20);
    }
  }
}
