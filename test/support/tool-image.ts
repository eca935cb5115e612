import { execFile } from "node:child_process";
import { cp, mkdir, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
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
 * Builds the image of examples/Dockerfile without a registry: on a base of this machine's node and libraries. In place of the one
 * file, which takes minutes to make, stands a script that runs the same program there. Needs an empty folder.
 */
export async function buildToolImage(host: string, folder: string): Promise<void> {
  const base = join(folder, "base.tar");
  await writeBase(join(folder, "base"), base);
  await docker(host, ["import", base, "base:from-here"]);
  await rm(join(folder, "base"), { recursive: true });
  const context = join(folder, "context");
  for (const name of ["examples", "packages"]) await mkdir(join(context, name), { recursive: true });
  for (const name of ["examples/Dockerfile", "LICENSE"])
    await cp(join(projectRoot, name), join(context, name));
  const program = '#!/bin/sh\nexec node /program/package/bin/docker-gc.js "$@"\n';
  await writeFile(join(context, "packages/docker-gc-linux-x64"), program, { mode: 0o755 });
  const args = ["--file", "examples/Dockerfile", "--build-arg", "BASE=base:from-here", "--network", "none"];
  await docker(host, ["build", ...args, "--tag", "docker-gc", "."], context);
}

/** A filesystem with node, the libraries that it needs, a shell, and the package as npm would install it. */
async function writeBase(root: string, tar: string): Promise<void> {
  for (const name of ["bin", "usr/bin", "usr/local/bin", "program", "tmp", "var/lib"])
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
  await execute("npm", ["pack", "--ignore-scripts", "--pack-destination", join(root, "tmp")], {
    cwd: projectRoot,
  });
  const [packed = ""] = await readdir(join(root, "tmp"));
  await execute("tar", ["-C", join(root, "program"), "-xf", join(root, "tmp", packed)]);
  await execute("tar", ["-C", root, "-cf", tar, "."]);
}

async function librariesOf(programs: readonly string[]): Promise<Set<string>> {
  const { stdout } = await execute("ldd", programs);
  return new Set([...stdout.matchAll(/^\t(?:\S+ => )?(\/\S+) \(/gm)].map(([, path]) => path ?? ""));
}
