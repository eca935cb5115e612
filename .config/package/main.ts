// npm run package [-- arm64]: all that is handed on, in the folder `packages`.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildPackage } from "../build/build-package.js";
import { secondsOfSource } from "../build/write-man-page.js";
import { bill } from "./bill.js";
import { makeDebianPackage } from "./debian.js";
import { makeOneFile, type Architecture } from "./one-file.js";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const packages = join(root, "packages");
const architectures: readonly Architecture[] = process.argv.includes("arm64") ? ["x64", "arm64"] : ["x64"];
const date = secondsOfSource(root);

const scratch = await mkdtemp(join(tmpdir(), "docker-gc-package-"));
try {
  await rm(packages, { recursive: true, force: true });
  await mkdir(packages, { recursive: true });
  await buildPackage({ root, into: join(root, "dist") });
  await promisify(execFile)("npm", ["pack", "--ignore-scripts", "--pack-destination", packages], {
    cwd: root,
  });
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  for (const architecture of architectures) {
    const program = join(packages, `docker-gc-linux-${architecture}`);
    await makeOneFile({ root, scratch, path: program, architecture });
    const path = join(packages, `docker-gc_${version}_${architecture === "x64" ? "amd64" : "arm64"}.deb`);
    await makeDebianPackage({ root, scratch, program, path, architecture, version, date });
  }
  await writeFile(join(packages, "sbom.cdx.json"), await bill(root));
  const files = (await readdir(packages)).sort();
  const sums = await Promise.all(
    files.map(async (name) => `${await sha256(join(packages, name))}  ${name}\n`),
  );
  await writeFile(join(packages, "SHA256SUMS"), sums.join(""));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
