import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { engineCpuMs } from "./engine-processors.js";

/** What a command cost, its children included. */
export interface Cost {
  /** Milliseconds of processors' time, the kernel's included. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the Node process in it; 0 when it has none, or another one behind it. */
  readonly peakMiB: number;
}

/** The same of a command that asks an engine. */
export interface CostWithEngine extends Cost {
  /** Milliseconds of processors' time of the engine's own processes. */
  readonly engineMs: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const reportMemory = fileURLToPath(new URL("report-memory.cjs", import.meta.url));

/** The words of a command that runs Node, so that its peak memory is known. */
export function node(...args: readonly string[]): string[] {
  return [process.execPath, "--require", reportMemory, ...args];
}

/**
 * Runs a command by bash, whose `time` asks the kernel what all its children took: Node cannot ask that. Throws when
 * the command fails.
 */
export async function measureProcess(
  command: readonly string[],
  env: Environment = process.env,
): Promise<Cost> {
  const script = 'TIMEFORMAT="%3U %3S %3R"; { time "$@" >/dev/null 2>&4; } 4>&2 2>&5';
  const child = spawn("bash", ["-c", script, "bash", ...command], {
    env,
    stdio: ["ignore", "ignore", "pipe", "pipe", "ignore", "pipe"],
  });
  const [errors, memory, times] = [2, 3, 5].map((descriptor) => child.stdio.at(descriptor) as Readable);
  if (errors === undefined || memory === undefined || times === undefined)
    throw new Error("bash has no pipes");
  const [code, said, peakKiB, seconds] = await Promise.all([
    once(child, "close").then(([exitCode]) => exitCode as number | null),
    text(errors),
    text(memory),
    text(times),
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${String(code)}: ${said}`);
  const [user = NaN, system = NaN, wall = NaN] = seconds.trim().split(" ").map(Number);
  return { cpuMs: (user + system) * 1000, wallMs: wall * 1000, peakMiB: Number(peakKiB) / 1024 };
}

/** @param host `unix://…` of the engine that it asks */
export async function measureWithEngine(host: string, command: readonly string[]): Promise<CostWithEngine> {
  const before = engineCpuMs(host);
  const cost = await measureProcess(command);
  return { ...cost, engineMs: engineCpuMs(host) - before };
}
