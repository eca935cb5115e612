import { readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf } from "../../core/text/failure.js";
import { parseContainerdConfig } from "./containerd-config.js";
import {
  descriptorsOf,
  listeningSockets,
  readIfThere,
  readText,
  targetOf,
  trustedProcesses,
  viewOf,
} from "./processes.js";

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
  // One path may be there once in each view of the file system.
  const sockets = new Map([...listeningSockets(proc)].filter(([, path]) => path === address));
  if (sockets.size === 0) return [];
  return trustedProcesses(proc)
    .filter((process) => descriptorsOf(process).some((each) => sockets.has(targetOf(each) ?? "")))
    .map((process) => {
      const words = readIfThere(join(process, "cmdline"))?.split("\0") ?? [];
      const config = valueOf(words, ["--config", "-c"]);
      return configuredRoot(viewOf(process, proc), config, valueOf(words, ["--root"]));
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
      if (codeOf(error) !== "ENOENT") unread ??= join(view, path);
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
