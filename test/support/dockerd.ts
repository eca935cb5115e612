import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sendRequest } from "./unix-http.js";

const startDeadlineMs = 60_000;
const stopDeadlineMs = 30_000;

/** One private dockerd: everything it writes is in its folder, and its cgroups are under a parent of its own. */
export class Dockerd {
  readonly folder: string;
  readonly cgroup: string;
  #process: ChildProcess | null = null;
  readonly #endWithUs = (): void => void this.#process?.kill("SIGTERM");

  readonly #more: readonly string[];

  /** @param more arguments besides: of where else to listen */
  constructor(folder: string, cgroup: string, more: readonly string[] = []) {
    this.folder = folder;
    this.cgroup = cgroup;
    this.#more = more;
  }

  get host(): string {
    return `unix://${join(this.folder, "e.sock")}`;
  }

  get dataFolder(): string {
    return join(this.folder, "data");
  }

  /** Settles when `/_ping` answers. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    // Without these two files it would read the machine's settings, and 20.10 would leave its key in /etc/docker.
    const configFile = join(this.folder, "daemon.json");
    await writeFile(configFile, JSON.stringify({ "deprecated-key-path": join(this.folder, "key.json") }));
    const log = await open(join(this.folder, "log"), "a");
    const child = spawn("dockerd", this.#args(configFile), { stdio: ["ignore", log.fd, log.fd] });
    this.#process = child;
    process.once("exit", this.#endWithUs);
    try {
      await Promise.race([this.#untilReady(child), this.#untilDead(child)]);
    } catch (error) {
      await this.#end("SIGTERM");
      throw error;
    } finally {
      await log.close();
    }
  }

  /** Asks it to end, and waits until it has ended its containers and itself. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** A crash: containers outlive it, until it is started again. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    await this.#untilContainerdEnded();
  }

  #args(configFile: string): string[] {
    const at = (name: string): string => join(this.folder, name);
    return [
      ...["--config-file", configFile, "--host", this.host, "--data-root", this.dataFolder],
      ...["--exec-root", at("x"), "--pidfile", at("pid"), "--cgroup-parent", this.cgroup],
      ...["--storage-driver", "overlay2", "--shutdown-timeout", "3"],
      ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
      "--userland-proxy=false",
      ...this.#more,
    ];
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + startDeadlineMs;
    while (child.exitCode === null && child.signalCode === null) {
      const status = await this.#ping();
      if (status === 200) return;
      if (Date.now() > deadline) throw await this.#failure(`did not answer within ${startDeadlineMs} ms`);
      await sleep(50);
    }
  }

  async #ping(): Promise<number> {
    return sendRequest({
      host: this.host,
      method: "GET",
      path: "/_ping",
      signal: AbortSignal.timeout(5_000),
    }).then(
      ({ status }) => status,
      () => 0,
    );
  }

  async #untilDead(child: ChildProcess): Promise<never> {
    const [cause] = (await Promise.race([once(child, "exit"), once(child, "error")])) as [unknown];
    throw await this.#failure(`ended at once (${String(cause)})`);
  }

  /** Its containerd dies with it, but a moment later: a new dockerd would take it for alive, and wait for it in vain. */
  async #untilContainerdEnded(): Promise<void> {
    const pidFile = join(this.folder, "x/containerd/containerd.pid");
    const pid = await readFile(pidFile, "utf8").catch(() => "");
    while (pid !== "" && (await isAlive(pid.trim()))) await sleep(10);
    await rm(pidFile, { force: true });
  }

  async #failure(what: string): Promise<Error> {
    const log = await readFile(join(this.folder, "log"), "utf8");
    return new Error(`dockerd ${what}:\n${log.split("\n").slice(-15).join("\n")}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    process.off("exit", this.#endWithUs);
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), stopDeadlineMs);
    await ended;
    clearTimeout(timer);
  }
}

/** A process that ended and that nobody has asked about yet is not alive. */
async function isAlive(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return status !== "" && !/^State:\s+Z/m.test(status);
}
