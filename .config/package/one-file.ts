import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildStart, groups } from "../build/build-program.js";

const execute = promisify(execFile);

/** The newest long-term support when this was written, in the npm packages of the executable alone. */
export const nodeVersion = "24.21.0";

/** From Debian's binutils and binutils-aarch64-linux-gnu. */
const strippers = { x64: "x86_64-linux-gnu-strip", arm64: "aarch64-linux-gnu-strip" } as const;

export type Architecture = keyof typeof strippers;

export interface OneFileOptions {
  /** The folder that holds package.json and the built program. */
  readonly root: string;
  /** For what is made on the way. */
  readonly scratch: string;
  readonly path: string;
  readonly architecture: Architecture;
}

/** Makes one executable of Node and the program: https://nodejs.org/api/single-executable-applications.html */
export async function makeOneFile({ root, scratch, path, architecture }: OneFileOptions): Promise<void> {
  const node = await fetchNode(architecture, scratch);
  const blob = await makeBlob(root, scratch);
  await execute(strippers[architecture], ["-o", path, node]);
  const fuse = ["--sentinel-fuse", "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"];
  await execute(join(root, "node_modules/.bin/postject"), [path, "NODE_SEA_BLOB", blob, ...fuse]);
}

async function fetchNode(architecture: Architecture, scratch: string): Promise<string> {
  const name = `node-linux-${architecture}`;
  const prefix = join(scratch, name);
  await mkdir(prefix, { recursive: true });
  // `force`: the one for another architecture as well.
  const options = ["--prefix", prefix, "--ignore-scripts", "--force", "--no-audit", "--no-fund", "--no-save"];
  await execute("npm", ["install", ...options, `${name}@${nodeVersion}`]);
  return join(prefix, "node_modules", name, "bin/node");
}

/** The same for all architectures: it holds no compiled code. */
async function makeBlob(root: string, scratch: string): Promise<string> {
  const dist = join(root, "dist");
  // The blob holds the path of its main file as it is given: a folder of the moment in it would be another one at each build.
  const [main, config, output] = ["main.cjs", "config.json", "blob"];
  const program = groups.map(async ({ file: name }) => ({
    name,
    text: await readFile(join(dist, name), "latin1"),
  }));
  await writeFile(join(scratch, main), await buildStart("one-file", await Promise.all(program), root));
  const files = (await readdir(dist)).filter((name) => name.endsWith(".cjs") && name !== "main.cjs").sort();
  const assets = Object.fromEntries(files.map((name) => [name, join(dist, name)]));
  const settings = { main, output, disableExperimentalSEAWarning: true, useCodeCache: false, assets };
  await writeFile(join(scratch, config), JSON.stringify(settings));
  const host = await fetchNode(process.arch === "arm64" ? "arm64" : "x64", scratch);
  await execute(host, ["--experimental-sea-config", config], { cwd: scratch });
  return join(scratch, output);
}
