import { accessSync, constants, lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join, parse, resolve, sep } from "node:path";
import type { Environment } from "../core/text/environment.js";
import { codeOf } from "../core/text/failure.js";
import { absolutePath } from "./absolute.js";

/** Who may change what steers root; null for anybody but root, who has no more to lose than whoever can write there. */
export type TrustedUsers = ReadonlySet<number> | null;

/** Root, and for root by way of sudo the user who asked for it. */
export function trustedUsers(uid: number | null, env: Environment): TrustedUsers {
  if (uid !== 0) return null;
  const behind = env["SUDO_UID"] ?? "";
  return new Set(/^\d+$/.test(behind) ? [0, Number(behind)] : [0]);
}

/** Somebody else may change what lies at a path. */
export interface Distrust {
  /** The file, folder or link that they can change. */
  readonly path: string;
  /** Completes a sentence: `belongs to user 1000`. */
  readonly problem: string;
  /** The command that mends it; null where the file should go somewhere else. */
  readonly remedy: string | null;
}

/** What a folder with the sticky bit, such as /tmp, does for what is looked at: others add to it, and change only their own. */
export type Use =
  /** It has one name, whose owner is looked at. */
  | "read"
  /** Others come beside it, by names that anybody may have taken. */
  | "written";

const modeBits = { sticky: 0o1000, group: 0o020, others: 0o002 } as const;

/** More links than any system follows. */
const mostLinks = 40;

/**
 * The first thing on the way to a path by which a user who is not trusted, or a group that is not root's, could change what
 * is there; null where there is none. What does not exist counts for nothing: whoever is trusted with its folder makes it.
 * As OpenSSH's StrictModes, but for folders with the sticky bit, links, and read-only mounts.
 */
export function findDistrust(path: string, users: TrustedUsers, use: Use): Distrust | null {
  if (users === null) return null;
  const target = absolutePath(path);
  const isFolderOf = (folder: string, file: string): boolean => use === "written" && dirname(file) === folder;
  let links = 0;
  let at = parse(target).root;
  let rest = target.slice(at.length).split(sep);
  for (;;) {
    const stat = lstatSync(at, { throwIfNoEntry: false });
    // Pipes of the process itself end in a link to no path.
    if (stat === undefined) return null;
    const end = resolve(at, ...rest);
    const found = distrustOf(at, stat, users, isFolderOf(at, end) ? "all" : "sticky");
    if (found !== null && !isOnReadOnlyMount(at)) return found;
    if (stat.isSymbolicLink()) {
      if ((links += 1) > mostLinks) return null;
      const next = resolve(dirname(at), readlinkSync(at), ...rest);
      at = parse(next).root;
      rest = next.slice(at.length).split(sep);
      continue;
    }
    const [name, ...further] = rest;
    if (name === undefined || name === "") return null;
    at = join(at, name);
    rest = further;
  }
}

function distrustOf(
  path: string,
  stat: Stats,
  users: ReadonlySet<number>,
  counts: "sticky" | "all",
): Distrust | null {
  // What else there is, such as /dev/null, holds nothing that could be changed, or is refused by who reads it.
  if (!stat.isFile() && !stat.isDirectory() && !stat.isSymbolicLink() && !stat.isFIFO()) return null;
  const isOurs = users.has(stat.uid);
  // The mode of a link means nothing; that of a sticky folder lets others add to it.
  const isSticky = stat.isDirectory() && (stat.mode & modeBits.sticky) !== 0;
  const binds = !stat.isSymbolicLink() && !(isSticky && counts === "sticky");
  const byGroup = binds && stat.gid !== 0 && (stat.mode & modeBits.group) !== 0;
  const byAll = binds && (stat.mode & modeBits.others) !== 0;
  const problems = [
    ...(isOurs ? [] : [`belongs to user ${stat.uid}`]),
    ...(byAll ? ["can be changed by anybody"] : byGroup ? [`can be changed by group ${stat.gid}`] : []),
  ];
  if (problems.length === 0) return null;
  const quoted = /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
  const who = `${byGroup ? "g" : ""}${byAll ? "o" : ""}`;
  const commands = [
    ...(isOurs ? [] : [`chown ${stat.isSymbolicLink() ? "--no-dereference " : ""}root ${quoted}`]),
    ...(who === "" ? [] : [`chmod ${who}-w ${quoted}`]),
  ];
  return {
    path,
    problem: problems.join(" and "),
    remedy: isSticky && who !== "" ? null : commands.join(" && "),
  };
}

/**
 * Kubernetes mounts a ConfigMap as a folder that anybody could write to, and read-only. Only a mount of its own counts:
 * a service may have all of the host's filesystem read-only, which others write to none the less.
 */
function isOnReadOnlyMount(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    const isReadOnly = codeOf(error) === "EROFS";
    return isReadOnly && lstatSync(path).dev !== lstatSync("/").dev;
  }
}
