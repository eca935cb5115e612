import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { serveOnPort } from "./serve.js";
import { projectRoot } from "./project.js";
import { temporaryFolder } from "./temporary-folder.js";

const execute = promisify(execFile);

/** The only package with a native half. */
const native = "better-sqlite3";

/** What it is compiled from, which takes minutes and is many times its own size. */
const sourcesOfNative = ["deps", "src", "build"].map((folder) => `--exclude=${native}/${folder}`);

/**
 * A registry on loopback, until the test is over, of all packages that the lock file names, as they are installed
 * here: npm can resolve, fetch and unpack them with no network and no cache. Answers with the settings for npm, which
 * also say where the prebuilt binary of the native package is to be had.
 */
export async function startPackageRegistry(): Promise<Readonly<Record<string, string>>> {
  const folders = await lockedFolders();
  const scratch = temporaryFolder();
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const [, kind, name = ""] = /^\/(package|tarball|binary)\/(.*)$/.exec(path) ?? [];
    const tarball = join(scratch, `${encodeURIComponent(path)}.tgz`);
    if (kind === "package")
      return void response.end(JSON.stringify(await describe(name, folders.get(name) ?? [], base)));
    if (kind === "binary") await packBinary(tarball);
    else if (kind === "tarball") await packFolder(join(projectRoot, name), tarball);
    createReadStream(tarball).pipe(response);
  };
  const port = await serveOnPort(({ url = "" }, response) => {
    answer(decodeURIComponent(url), response).catch((error: unknown) => {
      response.writeHead(404).end(JSON.stringify({ error: String(error) }));
    });
  });
  const base = `http://127.0.0.1:${port}`;
  return {
    npm_config_registry: `${base}/package/`,
    npm_config_better_sqlite3_binary_host: `${base}/binary`,
    // What this machine has set up for npm must not count.
    npm_config_globalconfig: "/dev/null",
  };
}

/** Where each package is installed, below the project; some are there in several versions. */
async function lockedFolders(): Promise<ReadonlyMap<string, readonly string[]>> {
  const lock = await readJson<{ readonly packages: object }>("package-lock.json");
  const folders = new Map<string, string[]>();
  for (const folder of Object.keys(lock.packages)) {
    const name = folder.split("node_modules/").at(-1) ?? "";
    folders.set(name, [...(folders.get(name) ?? []), folder]);
  }
  return folders;
}

/** What a registry says of a package: https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
async function describe(name: string, folders: readonly string[], base: string): Promise<object> {
  const versions = await Promise.all(
    folders.map(async (folder) => {
      const manifest = await readJson<{ readonly version: string }>(join(folder, "package.json"));
      const dist = { tarball: `${base}/tarball/${encodeURIComponent(folder)}` };
      return [manifest.version, { ...manifest, dist }] as const;
    }),
  );
  const [first] = versions;
  if (first === undefined) throw new Error(`The lock file has no ${name}.`);
  return { name, "dist-tags": { latest: first[0] }, versions: Object.fromEntries(versions) };
}

async function packFolder(folder: string, tarball: string): Promise<void> {
  const excluded = ["--exclude=node_modules", ...sourcesOfNative];
  await execute("tar", [...excluded, "-C", dirname(folder), "-czf", tarball, basename(folder)]);
}

async function packBinary(tarball: string): Promise<void> {
  const folder = join(projectRoot, "node_modules", native);
  await execute("tar", ["-C", folder, "-czf", tarball, `build/Release/better_sqlite3.node`]);
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(join(projectRoot, path), "utf8")) as T;
}
