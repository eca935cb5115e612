import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { projectRoot } from "../project.js";

export interface Child {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

const script = new URL("child.ts", import.meta.url).pathname;

/** Permissions do not bind root, so that a child that they shall bind is somebody else's. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/**
 * Starts a process that does one task on a ledger (see child.ts) and resolves when that is done. Rejects with
 * what the process wrote to stderr when it ends instead.
 */
export async function startChild(
  task: "hold-lock" | "save" | "save-in-memory" | "save-again-and-again",
  path: string,
  user: "me" | "nobody" = "me",
): Promise<Child> {
  const child = spawn(process.execPath, ["--import", "tsx", script, task, path], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "pipe"],
    ...(user === "nobody" ? nobody : {}),
  });
  const ended = once(child, "close");
  const complaint = text(child.stderr);
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  await Promise.race([
    once(child.stdout, "data"),
    ended.then(async () => Promise.reject(new Error(await complaint))),
  ]);
  return { kill };
}

/** False where only root may read the project: tests of permissions cannot run there as root. */
export function canStartAsNobody(): boolean {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "--eval", ""], {
    cwd: projectRoot,
    ...nobody,
  });
  return status === 0;
}
