// What V8 has compiled of the program, kept between runs: compiling takes a quarter of the time of a run with nothing to do.
// V8 runs what it is given, whatever it says: so it is kept where nobody else can write, with the source that it was made from,
// and twice, which finds what a disk has spoilt: to load what computes checksums takes Node 2 to 3 ms.
// Wherever anything is not as it should be, there is none.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** The SHA-256 of what .config/build/build-program.ts has made. */
declare const builtProgram: string;

/** Two for each Node that is used in turn on this host, and some. */
const mostFiles = 6;

const ourName = /^[0-9a-f]{64}(-[0-9a-z.]+)*\.code/;

const cache = process.env["XDG_CACHE_HOME"] ?? "";
const folder = join(isAbsolute(cache) ? cache : join(homedir(), ".cache"), "docker-gc");

/** What was compiled of one file of the program. */
export interface KeptCode {
  readonly code: Buffer;
  /** What the runs did that it was made in, of which each compiles what it needs; see `CommandProcess.keepCode`. */
  readonly deeds: readonly string[];
}

function isPrivate(): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  // Windows knows no such users.
  return stat?.isDirectory() === true && stat.uid === process.geteuid?.() && (stat.mode & 0o077) === 0;
}

/** The same for whatever V8 takes the same code of. If two of them share a name, V8 refuses the code of the other. */
function pathOf(name: string): string {
  const { version, versions, platform, arch, execArgv, env } = process;
  const maker = JSON.stringify([version, versions.v8, platform, arch, execArgv, env["NODE_OPTIONS"] ?? ""]);
  let hash = 0;
  for (const character of maker) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return join(folder, `${builtProgram}-${name}-${hash.toString(36)}.code`);
}

/** The code that was kept of this file of the program; null where there is none. */
export function findCode(name: string, source: Buffer): KeptCode | null {
  try {
    if (!isPrivate()) return null;
    const kept = readFileSync(pathOf(name));
    // At the beginning, as V8 copies code that does not begin at an even address.
    const end = kept.readUInt32LE(kept.length - 4);
    const [code, again, made] = [kept.subarray(0, end), kept.subarray(end, 2 * end), 2 * end + source.length];
    if (!code.equals(again) || !source.equals(kept.subarray(2 * end, made))) return null;
    return { code, deeds: kept.toString("latin1", made, kept.length - 4).split(",") };
  } catch {
    return null;
  }
}

/** Keeps the code of this file for later runs. Whole, or not at all: another run may begin at any moment. */
export function keepCode(name: string, source: Buffer, { code, deeds }: KeptCode): void {
  try {
    for (const path of [dirname(folder), folder]) makeFolder(path);
    if (!isPrivate()) return;
    const path = pathOf(name);
    const draft = `${path}.${process.pid}`;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(code.length);
    const parts = [code, code, source, Buffer.from(deeds.join()), length];
    writeFileSync(draft, Buffer.concat(parts), { mode: 0o600 });
    renameSync(draft, path);
    forgetOldest();
  } catch {
    // A read-only or full disk: the next run compiles again.
  }
}

function makeFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
}

function forgetOldest(): void {
  const ours = readdirSync(folder).filter((name) => ourName.test(name));
  const files = ours.map((name) => {
    const path = join(folder, name);
    return { path, time: statSync(path).mtimeMs };
  });
  files.sort((first, second) => second.time - first.time);
  for (const { path } of files.slice(mostFiles)) rmSync(path, { force: true });
}
