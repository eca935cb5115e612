import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";

/** The kernel counts processors' time in ticks, 100 a second on every Linux of today. */
const tickMs = 10;

/**
 * Processors' time of an engine so far, in milliseconds: of the process that listens at the socket, of all that it started and
 * of what these waited for, with its containerd. Where the engine has a PID namespace of its own, of all in that: a containerd that
 * was there before is no child of it. Containers that run count as well, so there should be none.
 *
 * @param host `unix://…`
 */
export function engineCpuMs(host: string): number {
  const stats = new Map(pids().flatMap((pid) => statOf(pid) ?? []));
  const listener = listenerOf(host.slice("unix://".length), [...stats.keys()]);
  const ours = namespaceOf("self");
  const namespace = namespaceOf(listener);
  const isOfEngine = (pid: string): boolean => {
    if (namespace !== ours) return namespaceOf(pid) === namespace;
    for (let next: string | undefined = pid; next !== undefined; next = stats.get(next)?.parent)
      if (next === listener) return true;
    return false;
  };
  let ticks = 0;
  for (const [pid, stat] of stats) if (isOfEngine(pid)) ticks += stat.ticks;
  return ticks * tickMs;
}

interface Stat {
  readonly parent: string;
  /** Of the process, and of its children that have ended. */
  readonly ticks: number;
}

function pids(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

/** Null for one that has ended meanwhile. */
function statOf(pid: string): [readonly [string, Stat]] | null {
  const text = orNull(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (text === null) return null;
  // The name before may hold anything. See proc(5): parent, then user and system time, twice.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return [[pid, { parent: fields[1] ?? "", ticks }]];
}

/** The process that listens at this file, whatever path it knows it by. */
function listenerOf(path: string, all: readonly string[]): string {
  const file = statSync(path);
  const listening = "00010000";
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  const sockets = new Map(
    lines
      .map((line) => line.split(/\s+/))
      .filter((fields) => fields[3] === listening)
      .map((fields) => [`socket:[${fields[6] ?? ""}]`, fields.slice(7).join(" ")]),
  );
  for (const pid of all) {
    const folder = `/proc/${pid}/fd`;
    for (const name of orNull(() => readdirSync(folder)) ?? []) {
      const known = sockets.get(orNull(() => readlinkSync(join(folder, name))) ?? "");
      const seen = known === undefined ? null : orNull(() => statSync(`/proc/${pid}/root${known}`));
      if (seen !== null && seen.ino === file.ino && seen.dev === file.dev) return pid;
    }
  }
  throw new Error(`No process that this user can see listens at ${path}.`);
}

function namespaceOf(pid: string): string | null {
  return orNull(() => readlinkSync(`/proc/${pid}/ns/pid`));
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
