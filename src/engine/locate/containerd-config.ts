/** Where a containerd is configured to keep its data. */
export interface ContainerdConfig {
  /** Null: nothing is said. */
  readonly root: string | null;
  /** Other configurations, as patterns of file names, whose words count more. */
  readonly imports: readonly string[];
  /** Where a snapshotter keeps unpacked layers, by its name, for those that are not kept below the root. */
  readonly snapshotRoots: ReadonlyMap<string, string>;
}

/**
 * Reads the three settings that say where the data is out of containerd's TOML, and passes over everything else.
 * https://github.com/containerd/containerd/blob/main/docs/man/containerd-config.toml.5.md
 */
export function parseContainerdConfig(text: string): ContainerdConfig {
  let root: string | null = null;
  const snapshotRoots = new Map<string, string>();
  // A list may go over several lines.
  const imports = /^\s*imports\s*=\s*\[([^\]]*)\]/m.exec(beforeFirstTable(text))?.[1] ?? "";
  let table = "";
  for (const line of text.split("\n")) {
    table = /^\s*\[+([^\][]+)\]+\s*(#.*)?$/.exec(line)?.[1] ?? table;
    const [, key, , value = ""] = /^\s*(root|root_path)\s*=\s*(["'])(.*?)\2/.exec(line) ?? [];
    if (value === "") continue;
    if (key === "root" && table === "") root = value;
    const snapshotter = /^plugins\..*?([\w-]+)["']?$/.exec(table.trim())?.[1];
    if (key === "root_path" && snapshotter !== undefined) snapshotRoots.set(snapshotter, value);
  }
  return { root, imports: [...imports.matchAll(/"([^"]+)"|'([^']+)'/g)].map(unquoted), snapshotRoots };
}

function beforeFirstTable(text: string): string {
  return text.slice(0, /^\s*\[/m.exec(text)?.index ?? text.length);
}

function unquoted([, double, single]: RegExpExecArray): string {
  return double ?? single ?? "";
}
