import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Dockerd } from "./dockerd.js";
import { EngineClient } from "./engine-client.js";
import { lockForThisProcess } from "./exclusive.js";
import { removeCgroups, removeEngineFolder } from "./leftovers.js";

export interface RealEngine {
  /** `unix://…` */
  readonly host: string;
  /** False for an engine that was there before: it cannot be restarted or killed. */
  readonly owned: boolean;
  readonly client: EngineClient;
  /** Ends and starts it; images and containers stay, running containers end. `whileDown` is told where its data is. */
  restart(whileDown?: (dataFolder: string) => Promise<void>): Promise<void>;
  /** A crash. */
  kill(): Promise<void>;
  /** Ends it, and leaves nothing behind. An engine that was there before is emptied, and goes on. */
  stop(): Promise<void>;
}

export type Availability =
  { readonly available: true } | { readonly available: false; readonly reason: string };

/** The variable that names an engine for the tests to use: an empty one, which they empty again. */
const hostVariable = "DOCKER_GC_TEST_HOST";

export function realEngineAvailability(env: NodeJS.ProcessEnv = process.env): Availability {
  if (isGiven(env)) return { available: true };
  if (process.getuid?.() !== 0) return { available: false, reason: `not root, and no ${hostVariable}` };
  if (!isOnPath("dockerd", env))
    return { available: false, reason: `no dockerd on the PATH, and no ${hostVariable}` };
  return { available: true };
}

/** An empty engine: a private one, or the one that DOCKER_GC_TEST_HOST names. */
export async function startRealEngine(env: NodeJS.ProcessEnv = process.env): Promise<RealEngine> {
  const availability = realEngineAvailability(env);
  if (!availability.available) throw new Error(`No real engine: ${availability.reason}.`);
  const given = env[hostVariable];
  return isGiven(env) && given !== undefined ? useGivenEngine(given) : startPrivateEngine();
}

/** @param more arguments for dockerd besides */
export async function startPrivateEngine(more: readonly string[] = []): Promise<RealEngine> {
  // A short name: a socket's path may have 107 characters at most.
  const folder = await mkdtemp(join(tmpdir(), "dgc-"));
  const cgroup = `docker-gc-test-${randomBytes(4).toString("hex")}`;
  const dockerd = new Dockerd(folder, `/${cgroup}`, more);
  let crashed = false;
  const start = async (): Promise<void> => {
    await dockerd.start();
    crashed = false;
  };
  const clear = async (): Promise<void> => {
    await removeEngineFolder(folder);
    await removeCgroups(cgroup);
  };
  try {
    await start();
  } catch (error) {
    await clear();
    throw error;
  }
  return {
    host: dockerd.host,
    owned: true,
    client: new EngineClient(dockerd.host),
    restart: async (whileDown) => {
      await dockerd.stop();
      await whileDown?.(dockerd.dataFolder);
      await start();
    },
    kill: async () => {
      await dockerd.kill();
      crashed = true;
    },
    stop: async () => {
      // After a crash only a new daemon knows how to end what the old one left running.
      if (crashed) await start();
      await dockerd.stop();
      await clear();
    },
  };
}

async function useGivenEngine(host: string): Promise<RealEngine> {
  // Test files run at the same time, and each expects an empty engine.
  const unlock = await lockForThisProcess(host);
  const client = new EngineClient(host);
  const images = await client.listImages();
  const containers = await client.listContainers();
  if (images.length + containers.length > 0) {
    await unlock();
    throw new Error(`${host} (${hostVariable}) is not empty, and these tests would remove all that it has.`);
  }
  const refuse = (): Promise<never> =>
    Promise.reject(new Error(`cannot restart ${host}: it was there before these tests (${hostVariable})`));
  return {
    host,
    owned: false,
    client,
    restart: refuse,
    kill: refuse,
    stop: async () => {
      await client.removeAll();
      await unlock();
    },
  };
}

function isGiven(env: NodeJS.ProcessEnv): boolean {
  return env[hostVariable] !== undefined && env[hostVariable] !== "";
}

function isOnPath(command: string, env: NodeJS.ProcessEnv): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
