import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { expect, it } from "vitest";
import { buildPackage } from "../../.config/build/build-package.js";
import { practiceEngine } from "../support/small-engine.js";
import { startPackageRegistry } from "../support/package-registry.js";
import { projectRoot } from "../support/project.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const execute = promisify(execFile);

interface Manifest {
  readonly version: string;
  readonly man: readonly string[];
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(projectRoot, path), "utf8")) as Manifest;
}

async function pack(...args: readonly string[]): Promise<{ filename: string; files: { path: string }[] }> {
  const { stdout } = await execute("npm", ["pack", "--json", "--ignore-scripts", ...args], {
    cwd: projectRoot,
  });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error("npm pack made nothing.");
  return packed;
}

let listed: Promise<{ files: { path: string }[] }> | undefined;

/** What a package would hold. */
function filesOfPackage(): Promise<{ files: { path: string }[] }> {
  return (listed ??= pack("--dry-run"));
}

it("holds the built program, its papers and the examples, and nothing of the tests", async () => {
  const { files } = await filesOfPackage();
  const paths = files.map(({ path }) => path);
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  expect(paths).toEqual(
    expect.arrayContaining([
      ...papers,
      "bin/docker-gc.js",
      "dist/main.cjs",
      "dist/LICENCES.txt",
      "dist/completions/docker-gc.bash",
      "src/schemas/config.schema.json",
      "examples/systemd/docker-gc.timer",
      "examples/prometheus/alerts.yml",
    ]),
  );
  const rooms = /^(bin|dist|src\/schemas|examples)\//;
  expect(paths.filter((path) => !papers.includes(path) && !rooms.test(path))).toEqual([]);
  // Those need the tests' engine.
  expect(paths.filter((path) => path.endsWith(".ts"))).toEqual([]);
});

it("is the same to the byte whenever and wherever it is made from the same source", async () => {
  const packed = [];
  for (const folder of [temporaryFolder(), temporaryFolder()]) {
    const into = join(folder, "dist");
    await buildPackage({ root: projectRoot, into });
    for (const name of ["examples", "package.json", "README.md", "CHANGELOG.md", "LICENSE", "bin", "src"])
      cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
    const { stdout } = await execute("npm", ["pack", "--ignore-scripts", "--silent"], { cwd: folder });
    packed.push(readFileSync(join(folder, stdout.trim())));
  }
  const [first, second] = packed;
  expect(first).toBeDefined();
  expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
});

it("holds the native half for this Node and platform, for machines that can neither fetch nor compile it", async () => {
  const { files } = await filesOfPackage();
  const paths = files.map(({ path }) => path);
  expect(paths.filter((path) => path.endsWith(".node"))).toEqual(["dist/better_sqlite3.node"]);
});

it("holds the manual page where npm is told that it is", async () => {
  const { man } = readManifest("package.json");
  const [page = ""] = man;
  const { files } = await filesOfPackage();
  expect(files.map(({ path }) => `./${path}`)).toEqual(expect.arrayContaining([...man]));
  expect(readFileSync(join(projectRoot, page), "utf8")).toMatch(
    /^\.TH DOCKER\\-GC 1 \d{4}-\d\d-\d\d "docker/,
  );
});

it("asks for that very version of better-sqlite3 whose other half it holds", () => {
  const { version } = readManifest("node_modules/better-sqlite3/package.json");
  expect(readManifest("package.json").optionalDependencies["better-sqlite3"]).toBe(version);
});

/** The native dependency, and what finds a prebuilt binary of it. */
const installed = [
  ..."base64-js better-sqlite3 bindings bl buffer chownr decompress-response deep-extend detect-libc".split(
    " ",
  ),
  ..."docker-gc end-of-stream expand-template file-uri-to-path fs-constants github-from-package".split(" "),
  ..."ieee754 inherits ini mimic-response minimist mkdirp-classic napi-build-utils node-abi once".split(" "),
  ..."prebuild-install pump rc readable-stream safe-buffer semver simple-concat simple-get".split(" "),
  ..."string_decoder strip-json-comments tar-fs tar-stream tunnel-agent util-deprecate wrappy".split(" "),
];

it("installs into an empty folder, without the packages that are in it, and runs from there", async () => {
  const folder = temporaryFolder();
  const { filename } = await pack("--pack-destination", folder);
  const registry = await startPackageRegistry();
  const env = { PATH: process.env["PATH"], HOME: join(folder, "home"), DOCKER_GC_CONFIG: "/dev/null" };
  const inFolder = (command: string, ...args: readonly string[]) =>
    execute(command, args, { cwd: folder, env: { ...env, ...registry } });

  await inFolder("npm", "install", `./${filename}`);
  const { stdout: paths } = await inFolder("npm", "ls", "--all", "--parseable");
  const names = paths.split("\n").flatMap((path) => path.split("/node_modules/").slice(1).slice(-1));
  expect(names.sort()).toEqual(installed);

  const run = (...args: readonly string[]) => inFolder("node_modules/.bin/docker-gc", ...args);
  const { version } = readManifest("package.json");
  expect(await run("--version")).toEqual({ stdout: `docker-gc ${version}\n`, stderr: "" });
  expect((await run("--help")).stdout).toBe((await runCli(["--help"], { ledger: null })).stdout);
  await expect(run("--helo")).rejects.toMatchObject({ code: 2 });
  const { host } = await practiceEngine();
  // With a pattern, colours and a file in YAML, each package in the program has something to do.
  const config = join(folder, "config.yaml");
  writeFileSync(config, "keep: ['*p:1']\ncolor: always\n");
  const limits = ["--quota", "25M", "--grace", "0s", "--keep-recent", "0"];
  const { stdout, stderr } = await run("--dry-run", ...limits, "--config", config, "--host", host);
  expect(stderr).toBe("");
  const report = stripVTControlCharacters(stdout);
  expect(report).not.toBe(stdout);
  expect(report).toMatch(/^Goes: 1 image\n[^]*^ +app:2 [^]*^Stays: 1 image .*\n[^]*^ +app:1 /m);
});
