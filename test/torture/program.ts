import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "../../.config/build/build-program.js";
import { projectRoot } from "../support/project.js";

/** A program that still runs after this hangs. */
const deadlineMs = 120_000;

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** It did not end by itself, and nobody else ended it. */
  readonly hung: boolean;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The command, built from the sources as they are now: what others build meanwhile does not change it. */
export class Program {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async build(): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), "docker-gc-torture-"));
    for (const name of ["bin", "package.json"])
      await cp(join(projectRoot, name), join(folder, name), { recursive: true });
    await symlink(join(projectRoot, "node_modules"), join(folder, "node_modules"));
    await buildProgram({ root: projectRoot, into: join(folder, "dist") });
    return new Program(folder);
  }

  /** Runs it in a clean environment, as cron would. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [join(this.#folder, "bin/docker-gc.js"), ...args], {
      cwd: this.#folder,
      env: { PATH: process.env["PATH"], HOME: this.#folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, ended: endOf(child, startedAt) };
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function endOf(child: ChildProcess, startedAt: number): Promise<Ended> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, deadlineMs);
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { exitCode, signal, ...output, durationMs: performance.now() - startedAt, hung };
}
