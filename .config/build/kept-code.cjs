// What V8 has compiled of the program, kept between runs: compiling takes a quarter of the time of a run with nothing to do.
// V8 runs what it is given, whatever it says: so it is kept where nobody else can write, by a name that tells what it was
// made from and by what, and behind its own digest. Wherever anything is not as it should be, there is none.
const {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { homedir } = require("node:os");
const { dirname, isAbsolute, join } = require("node:path");

/** Bytes of a SHA-256. */
const digestBytes = 32;

/** One for each Node that is used in turn on this host, and some. */
const mostFiles = 4;

const cache = process.env.XDG_CACHE_HOME ?? "";
const folder = join(isAbsolute(cache) ? cache : join(homedir(), ".cache"), "docker-gc");

function digestOf(...contents) {
  const hash = require("node:crypto").createHash("sha256");
  for (const content of contents) hash.update(content);
  return hash.digest();
}

function isPrivate() {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  // Windows knows no such users.
  return stat?.isDirectory() === true && stat.uid === process.geteuid?.() && (stat.mode & 0o077) === 0;
}

function fileOf(source) {
  const { version, versions, platform, arch, execArgv, env } = process;
  const maker = JSON.stringify([version, versions.v8, platform, arch, execArgv, env.NODE_OPTIONS ?? ""]);
  return join(folder, `${digestOf(source, "\0", maker).toString("hex")}.code`);
}

/** The code that was kept of this source; undefined where there is none. */
exports.find = (source) => {
  try {
    if (!isPrivate()) return undefined;
    const content = readFileSync(fileOf(source));
    const code = content.subarray(digestBytes);
    return digestOf(code).equals(content.subarray(0, digestBytes)) ? code : undefined;
  } catch {
    return undefined;
  }
};

/** Keeps the code of this source for later runs. Whole, or not at all: another run may begin at any moment. */
exports.keep = (source, code) => {
  try {
    for (const path of [dirname(folder), folder]) makeFolder(path);
    if (!isPrivate()) return;
    const path = fileOf(source);
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, Buffer.concat([digestOf(code), code]), { mode: 0o600 });
    renameSync(draft, path);
    forgetOldest();
  } catch {
    // A read-only or full disk: the next run compiles again.
  }
};

function makeFolder(path) {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, { mode: 0o700 });
}

function forgetOldest() {
  const ours = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.code/.test(name));
  const files = ours.map((name) => {
    const path = join(folder, name);
    return { path, time: statSync(path).mtimeMs };
  });
  files.sort((first, second) => second.time - first.time);
  for (const { path } of files.slice(mostFiles)) rmSync(path, { force: true });
}
