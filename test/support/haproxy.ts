import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "./project.js";

export interface Haproxy {
  /** `unix://…` */
  readonly host: string;
  close(): Promise<void>;
}

const startDeadlineMs = 30_000;

/** Debian has it where only an administrator looks. */
const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** Null where HAProxy is not installed. */
export const haproxyProgram: string | null =
  folders.map((folder) => join(folder, "haproxy")).find((path) => existsSync(path)) ?? null;

/**
 * HAProxy with the configuration of the examples, its two sockets aside.
 * @param target `unix://…`
 */
export async function startHaproxy(target: string): Promise<Haproxy> {
  const folder = await mkdtemp(join(tmpdir(), "haproxy-"));
  const [socketPath, configPath] = [join(folder, "h.sock"), join(folder, "haproxy.cfg")];
  await writeFile(configPath, exampleFor(socketPath, target.replace(/^unix:\/\//, "")));
  // -db: in the foreground, as one process.
  const child = spawn(haproxyProgram ?? "haproxy", ["-db", "-f", configPath], { stdio: "ignore" });
  const ended = once(child, "exit");
  const endWithUs = (): void => void child.kill();
  process.once("exit", endWithUs);
  const close = async (): Promise<void> => {
    process.off("exit", endWithUs);
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + startDeadlineMs;
  while (!existsSync(socketPath)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await close();
      throw new Error("HAProxy does not start with examples/haproxy.cfg.");
    }
    await sleep(20);
  }
  return { host: `unix://${socketPath}`, close };
}

function exampleFor(frontSocket: string, engineSocket: string): string {
  const example = readFileSync(join(projectRoot, "examples/haproxy.cfg"), "utf8");
  return replaceOnce(
    replaceOnce(
      example,
      "bind unix@/run/docker-gc/engine.sock mode 660 group docker-gc",
      `bind unix@${frontSocket}`,
    ),
    "server engine unix@/var/run/docker.sock",
    `server engine unix@${engineSocket}`,
  );
}

function replaceOnce(text: string, line: string, replacement: string): string {
  if (text.split(line).length !== 2) throw new Error(`examples/haproxy.cfg has not one line "${line}".`);
  return text.replace(line, replacement);
}
