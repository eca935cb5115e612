import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { projectRoot } from "../support/project.js";

export interface Child {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

const script = new URL("child.ts", import.meta.url).pathname;

/** Starts a process that does one task on a ledger (see child.ts) and resolves when that is done. */
export async function startChild(
  task: "hold-lock" | "save" | "save-again-and-again" | "touch",
  path: string,
): Promise<Child> {
  const process_ = spawn(process.execPath, ["--import", "tsx", script, task, path], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(process_, "exit");
  const kill = async () => {
    process_.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  await Promise.race([
    once(process_.stdout, "data"),
    ended.then(() => Promise.reject(new Error(`The task ${task} ended early.`))),
  ]);
  return { kill };
}
