import { execFile } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { projectRoot } from "../support/project.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const execute = promisify(execFile);

interface Manifest {
  readonly version: string;
  readonly man: string;
  readonly dependencies: Readonly<Record<string, string>>;
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

it("holds the built program and its papers, and nothing of the tests and examples", async () => {
  const { files } = await pack("--dry-run");
  const paths = files.map(({ path }) => path);
  const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  expect(paths).toEqual(
    expect.arrayContaining([
      ...papers,
      "bin/docker-gc.js",
      "dist/main.cjs",
      "dist/LICENCES.txt",
      "src/schemas/config.schema.json",
    ]),
  );
  expect(paths.filter((path) => !papers.includes(path) && !/^(bin|dist|src\/schemas)\//.test(path))).toEqual(
    [],
  );
});

it("holds the manual page where npm is told that it is", async () => {
  const { man } = readManifest("package.json");
  const { files } = await pack("--dry-run");
  expect(files.map(({ path }) => `./${path}`)).toContain(man);
  expect(readFileSync(join(projectRoot, man), "utf8")).toMatch(/^\.TH DOCKER\\-GC 1 \d{4}-\d\d-\d\d "docker/);
});

it("asks for that very version of better-sqlite3 whose other half it holds", () => {
  const { version } = readManifest("node_modules/better-sqlite3/package.json");
  expect(readManifest("package.json").dependencies["better-sqlite3"]).toBe(version);
});

it("runs from the unpacked tarball, with its dependencies beside it", async () => {
  const folder = temporaryFolder();
  const { filename } = await pack("--pack-destination", folder);
  await execute("tar", ["-xzf", join(folder, filename), "-C", folder]);
  // Installing them for real would build the native one: minutes where there is no prebuilt binary.
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "package/node_modules"));
  const { version } = readManifest("package.json");
  const program = join(folder, "package/bin/docker-gc.js");
  const env = { PATH: process.env["PATH"], HOME: folder };
  const { stdout } = await execute(process.execPath, [program, "--version"], { env });
  expect(stdout).toBe(`docker-gc ${version}\n`);
});
