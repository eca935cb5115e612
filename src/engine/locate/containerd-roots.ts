import { readdirSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readFileNow } from "../../files/read-input.js";
import { parseContainerdConfig } from "./containerd-config.js";

/** Where a containerd keeps its data: paths as this process sees them. */
export interface ContainerdRoot {
  readonly path: string;
  /** Where a snapshotter keeps unpacked layers, by its name, for those that are not kept below the root. */
  readonly snapshotRoots: ReadonlyMap<string, string>;
  /** What is there and cannot be read, a file or a folder, and may say something else; null where nothing is. */
  readonly unread: string | null;
}

const usualConfig = "/etc/containerd/config.toml";
const usualRoot = "/var/lib/containerd";

/**
 * The data folders of those who listen at a socket of this path, by what they were started with, each in its own view of the file
 * system; none where this process may not see whose sockets are whose, as only root may.
 *
 * @param proc the system's /proc
 */
export function rootsOfListeners(address: string, proc: string): ContainerdRoot[] {
  const sockets = socketsAt(address, proc);
  if (sockets.size === 0) return [];
  return entriesOf(proc)
    .filter((name) => /^\d+$/.test(name) && isTrusted(join(proc, name)))
    .filter((name) => holds(join(proc, name, "fd"), sockets))
    .flatMap((name) => {
      const words = readIfThere(join(proc, name, "cmdline"))?.split("\0") ?? [];
      const view = viewOf(join(proc, name), proc);
      const config = valueOf(words, ["--config", "-c"]) ?? usualConfig;
      return [configuredRoot(view, config, valueOf(words, ["--root"]))];
    });
}

/** By a configuration, or in the usual place. @param view what its `/` is called here */
export function configuredRoot(view: string, config = usualConfig, asked?: string): ContainerdRoot {
  let root: string | null = null;
  let unread: string | null = null;
  const snapshotRoots = new Map<string, string>();
  const seen = new Set<string>();
  const orNothing = <Told>(path: string, nothing: Told, telling: (path: string) => Told): Told => {
    try {
      return telling(join(view, path));
    } catch (error) {
      if (!isMissing(error)) unread ??= join(view, path);
      return nothing;
    }
  };
  const read = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const parsed = parseContainerdConfig(orNothing(path, "", readText));
    root = parsed.root ?? root;
    for (const [name, place] of parsed.snapshotRoots) snapshotRoots.set(name, join(view, place));
    for (const pattern of parsed.imports.map((each) => resolve(dirname(path), each))) {
      const folder = dirname(pattern);
      const names = orNothing<string[]>(folder, [], (found) => readdirSync(found));
      for (const name of names.filter(matcherOf(basename(pattern))).sort()) read(join(folder, name));
    }
  };
  read(config);
  return { path: join(view, asked ?? root ?? usualRoot), snapshotRoots, unread };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Its `/`; by the same name as our own where it has the same view, so that links in it lead where they should. */
function viewOf(process: string, proc: string): string {
  const [its, ours] = [process, join(proc, "self")].map((one) => targetOf(join(one, "ns/mnt")));
  return its !== null && its === ours && targetOf(join(process, "root")) === "/"
    ? "/"
    : join(process, "root");
}

/** Inodes of the sockets that are listened at. One path may be there once in each view of the filesystem. */
function socketsAt(address: string, proc: string): ReadonlySet<string> {
  const acceptsConnections = "00010000";
  const lines = (readIfThere(join(proc, "net/unix")) ?? "").split("\n");
  const fields = lines.map((line) => line.split(/\s+/));
  return new Set(
    fields
      .filter((field) => field[3] === acceptsConnections && field.slice(7).join(" ") === address)
      .map((field) => `socket:[${field[6] ?? ""}]`),
  );
}

/** Whoever may make namespaces of their own may listen anywhere in them. */
function isTrusted(process: string): boolean {
  try {
    return [0, globalThis.process.geteuid?.()].includes(statSync(process).uid);
  } catch {
    return false;
  }
}

function holds(folder: string, sockets: ReadonlySet<string>): boolean {
  return entriesOf(folder).some((name) => sockets.has(targetOf(join(folder, name)) ?? ""));
}

function valueOf(words: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const [name = "", ...value] = word.split("=");
    if (names.includes(name)) return value.length > 0 ? value.join("=") : words[index + 1];
  }
  return undefined;
}

/** Only the last part of a pattern has stars. */
function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replace(/\W/g, "\\$&"));
  const matcher = new RegExp(`^${parts.join(".*")}$`, "s");
  return (name) => matcher.test(name);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

function readText(path: string): string {
  return readFileNow(path, { most: 4 * 1024 * 1024, links: "followed" }).toString("utf8");
}

function readIfThere(path: string): string | null {
  try {
    return readText(path);
  } catch {
    return null;
  }
}
