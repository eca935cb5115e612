import { readdirSync, readlinkSync, statSync, type Stats } from "node:fs";
import { basename, join } from "node:path";
import { attempt } from "../../core/text/attempt.js";
import { readFileNow } from "../../files/read-input.js";

/** What the system tells of its processes in /proc, as far as this one may see it; nothing where it may not. */

/** The folders of all processes in it. Whoever may make namespaces of their own may listen anywhere in them, and is left out. */
export function trustedProcesses(proc: string): string[] {
  return entriesOf(proc)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => join(proc, name))
    .filter((process) => [0, globalThis.process.geteuid?.()].includes(look(process)?.uid));
}

/** Paths of the sockets that are listened at in a network's namespace, by what a descriptor of each is a link to. */
export function listeningSockets(folder: string): ReadonlyMap<string, string> {
  const acceptsConnections = "00010000";
  const lines = (readIfThere(join(folder, "net/unix")) ?? "").split("\n");
  const fields = lines.map((line) => line.split(/\s+/));
  return new Map(
    fields
      .filter((field) => field[3] === acceptsConnections)
      .map((field) => [`socket:[${field[6] ?? ""}]`, field.slice(7).join(" ")]),
  );
}

/** Links to what it has open. */
export function descriptorsOf(process: string): string[] {
  const folder = join(process, "fd");
  return entriesOf(folder).map((name) => join(folder, name));
}

/** Its `/`; by the same name as our own where it has the same view, so that links in it lead where they should. */
export function viewOf(process: string, proc: string): string {
  const [its, ours] = [process, join(proc, "self")].map((one) => targetOf(join(one, "ns/mnt")));
  return its !== null && its === ours && targetOf(join(process, "root")) === "/"
    ? "/"
    : join(process, "root");
}

/** Podman, which serves a socket. */
export class PodmanServer {
  readonly #socketPath: string;
  readonly #proc: string;
  /** Who it was the last time: to look at every process takes longer than what is to be found. */
  #process: string | null = null;

  /** @param proc the system's /proc */
  constructor(socketPath: string, proc: string) {
    this.#socketPath = socketPath;
    this.#proc = proc;
  }

  /**
   * The files that it reads: links to them that hold whatever becomes of their names. What it has read to the end is left out.
   */
  filesBeingRead(): string[] {
    const socket = look(this.#socketPath);
    if (socket === null) return [];
    const serves = (process: string) => runsPodman(process) && this.#holds(process, socket);
    const known = this.#process !== null && serves(this.#process) ? filesReadBy(this.#process) : [];
    if (known.length > 0) return known;
    const all = trustedProcesses(this.#proc).filter(serves);
    this.#process = all[0] ?? null;
    return all.flatMap(filesReadBy);
  }

  /** One path may be there once in each view of the file system, and one socket under several paths. */
  #holds(process: string, socket: Stats): boolean {
    const sockets = listeningSockets(process);
    return descriptorsOf(process).some((descriptor) => {
      const path = sockets.get(targetOf(descriptor) ?? "");
      const found = path === undefined ? null : look(join(viewOf(process, this.#proc), path));
      return found !== null && found.dev === socket.dev && found.ino === socket.ino;
    });
  }
}

function runsPodman(process: string): boolean {
  return basename(targetOf(join(process, "exe")) ?? "").split(" ")[0] === "podman";
}

function filesReadBy(process: string): string[] {
  return descriptorsOf(process).filter(isBeingRead);
}

function isBeingRead(descriptor: string): boolean {
  const found = look(descriptor);
  if (found?.isFile() !== true) return false;
  const position = /^pos:\s*(\d+)$/m.exec(readIfThere(descriptor.replace("/fd/", "/fdinfo/")) ?? "")?.[1];
  return position !== undefined && Number(position) < found.size;
}

function entriesOf(folder: string): string[] {
  return attempt(() => readdirSync(folder), []);
}

export function targetOf(link: string): string | null {
  return attempt(() => readlinkSync(link), null);
}

/** Throws the system's error. */
export function readText(path: string): string {
  return readFileNow(path, { most: 4 * 1024 * 1024, links: "followed" }).toString("utf8");
}

export function readIfThere(path: string): string | null {
  return attempt(() => readText(path), null);
}

function look(path: string): Stats | null {
  return attempt(() => statSync(path), null);
}
