// What V8 has compiled of the program, kept between runs: compiling takes a quarter of the time of a run with nothing to do.
// V8 runs what it is given, whatever it says: so it is kept where nobody else can write, by a name that tells what it was
// made from and by what, and before its own checksum, which finds what a disk has spoilt. Wherever anything is not as it
// should be, there is none.
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
import { crc32 } from "node:zlib";

/** What .config/build/build-program.ts has made. */
declare const builtProgram: { readonly sha256: string; readonly crc32: number };

/** Bytes of a checksum. */
const checksumBytes = 4;

/** One for each Node that is used in turn on this host, and some. */
const mostFiles = 4;

const ourName = /^[0-9a-f]{64}(-[0-9a-f]+)?\.code/;

const cache = process.env["XDG_CACHE_HOME"] ?? "";
const folder = join(isAbsolute(cache) ? cache : join(homedir(), ".cache"), "docker-gc");

function isPrivate(): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  // Windows knows no such users.
  return stat?.isDirectory() === true && stat.uid === process.geteuid?.() && (stat.mode & 0o077) === 0;
}

/**
 * The SHA-256 of the program as it was built is known. To load what computes one takes a twentieth of a run with nothing to do,
 * and a checksum tells whether somebody has changed the program since.
 */
function digestOf(program: Buffer): string {
  if (crc32(program) === builtProgram.crc32) return builtProgram.sha256;
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(program).digest("hex");
}

function fileOf(program: Buffer): string {
  const { version, versions, platform, arch, execArgv, env } = process;
  const options = env["NODE_OPTIONS"] ?? "";
  const maker = JSON.stringify([version, versions.v8, platform, arch, execArgv, options]);
  return join(folder, `${digestOf(program)}-${crc32(maker).toString(16)}.code`);
}

/** The code that was kept of this program; undefined where there is none. */
export function findCode(program: Buffer): Buffer | undefined {
  try {
    if (!isPrivate()) return undefined;
    const content = readFileSync(fileOf(program));
    // At its end: V8 copies code that does not begin at an even address.
    const code = content.subarray(0, -checksumBytes);
    return content.readUInt32BE(code.length) === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the code of this program for later runs. Whole, or not at all: another run may begin at any moment. */
export function keepCode(program: Buffer, code: Buffer): void {
  try {
    for (const path of [dirname(folder), folder]) makeFolder(path);
    if (!isPrivate()) return;
    const path = fileOf(program);
    const draft = `${path}.${process.pid}`;
    const checksum = Buffer.alloc(checksumBytes);
    checksum.writeUInt32BE(crc32(code));
    writeFileSync(draft, Buffer.concat([code, checksum]), { mode: 0o600 });
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
