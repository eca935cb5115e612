import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.js";
import { findProgram } from "./programs.js";
import { temporaryFolder } from "./temporary-folder.js";

export interface Registry {
  /** `127.0.0.1:PORT`, which engines take without TLS. */
  readonly address: string;
  /** A request of the registry's API; throws where it refuses. */
  request(method: string, path: string): Promise<Response>;
  /** From here on whoever has no password is refused. */
  close(): Promise<void>;
  /** Ends it. `silent`: what connects to its port is kept waiting. */
  end(how: "gone" | "silent"): Promise<void>;
}

const startDeadlineMs = 30_000;

/** Debian's docker-registry on loopback, with a store of its own, until the test is over. */
export async function startRegistry(): Promise<Registry> {
  const folder = temporaryFolder();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  let stop = await serve(folder, address, "open");
  onTestFinished(() => stop());
  return {
    address,
    request: async (method, path) => {
      const accept = "application/vnd.docker.distribution.manifest.v2+json";
      const answer = await fetch(`http://${address}${path}`, { method, headers: { accept } });
      if (!answer.ok) throw new Error(`The registry refused ${method} ${path}: ${answer.status}`);
      return answer;
    },
    close: async () => {
      await stop();
      stop = await serve(folder, address, "closed");
    },
    end: async (how) => {
      await stop();
      stop = how === "gone" ? () => Promise.resolve() : await keepWaiting(port);
    },
  };
}

async function serve(
  folder: string,
  address: string,
  access: "open" | "closed",
): Promise<() => Promise<void>> {
  const config = join(folder, "config.json");
  // A file of passwords that is not there is made, with a password that nobody reads.
  const auth = { htpasswd: { realm: "test", path: join(folder, "passwords") } };
  const storage = {
    filesystem: { rootdirectory: join(folder, "store") },
    delete: { enabled: true },
    maintenance: { uploadpurging: { enabled: false } },
  };
  const settings = { version: "0.1", log: { level: "error" }, storage, http: { addr: address } };
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ ...settings, ...(access === "closed" ? { auth } : {}) }));
  const child = spawn(findProgram("docker-registry") ?? "docker-registry", ["serve", config], {
    stdio: "ignore",
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  const ended = once(child, "exit");
  const deadline = Date.now() + startDeadlineMs;
  const answers = () => fetch(`http://${address}/v2/`).then(Boolean, () => false);
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("docker-registry does not start.");
    await sleep(20);
  }
  return async () => {
    child.kill("SIGKILL");
    await ended;
  };
}

async function keepWaiting(port: number): Promise<() => Promise<void>> {
  const server = createServer().listen(port, "127.0.0.1");
  const sockets = new Set<{ destroy(): unknown }>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => undefined)));
  await once(server, "listening");
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
}
