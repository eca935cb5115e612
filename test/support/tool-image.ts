import { execFile } from "node:child_process";
import { cp, mkdir, realpath, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "./project.js";

const execute = promisify(execFile);

/** Runs the docker command on an engine; throws when it fails. */
export async function docker(host: string, args: readonly string[], folder = projectRoot): Promise<string> {
  // What the user of this machine has set up for it must not count; and the classic builder needs no registry.
  const env = { PATH: process.env["PATH"], DOCKER_HOST: host, DOCKER_CONFIG: folder, DOCKER_BUILDKIT: "0" };
  const { stdout } = await execute("docker", args, { cwd: folder, env, maxBuffer: 2 ** 24 });
  return stdout;
}

/**
 * Builds the image of examples/Dockerfile without a registry: on a base of this machine's node, npm and libraries, and
 * of the package alone: the one dependency cannot be had, and the native half that it brings fits. Needs an empty folder.
 */
export async function buildToolImage(host: string, folder: string): Promise<void> {
  const base = join(folder, "base.tar");
  await writeBase(join(folder, "base"), base);
  const settings = "ENV npm_config_offline=true npm_config_ignore_scripts=true";
  await docker(host, ["import", "--change", settings, base, "node:from-here"]);
  await rm(join(folder, "base"), { recursive: true });
  const context = join(folder, "context");
  await mkdir(join(context, "examples"), { recursive: true });
  await cp(join(projectRoot, "examples/Dockerfile"), join(context, "examples/Dockerfile"));
  await execute("npm", ["pack", "--ignore-scripts", "--pack-destination", context], { cwd: projectRoot });
  const args = ["--file", "examples/Dockerfile", "--build-arg", "BASE=node:from-here", "--network", "none"];
  await docker(host, ["build", ...args, "--tag", "docker-gc", "."], context);
}

/** A filesystem with node, npm, the libraries that they need, and a shell. */
async function writeBase(root: string, tar: string): Promise<void> {
  for (const name of ["bin", "usr/bin", "usr/local/bin", "usr/local/lib/node_modules", "tmp", "var/lib"])
    await mkdir(join(root, name), { recursive: true });
  await cp("/bin/busybox", join(root, "bin/busybox"), { dereference: true });
  for (const name of ["bin/sh", "bin/mkdir", "bin/sleep", "usr/bin/env"])
    await symlink("/bin/busybox", join(root, name));
  const native = join(projectRoot, "node_modules/better-sqlite3/build/Release/better_sqlite3.node");
  for (const library of await librariesOf([process.execPath, native])) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await cp(library, join(root, library), { dereference: true });
  }
  await cp(await realpath(process.execPath), join(root, "usr/local/bin/node"));
  const npm = join(await realpath(await which("npm")), "../..");
  await cp(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
  await execute("tar", ["-C", root, "-cf", tar, "."]);
}

async function which(command: string): Promise<string> {
  const { stdout } = await execute("sh", ["-c", `command -v ${command}`]);
  return stdout.trim();
}

async function librariesOf(programs: readonly string[]): Promise<Set<string>> {
  const { stdout } = await execute("ldd", programs);
  return new Set([...stdout.matchAll(/^\t(?:\S+ => )?(\/\S+) \(/gm)].map(([, path]) => path ?? ""));
}
