import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Architecture } from "./one-file.js";

const execute = promisify(execFile);

export interface DebianOptions {
  /** The folder that holds package.json and the built program. */
  readonly root: string;
  readonly scratch: string;
  /** The executable that goes into it. */
  readonly program: string;
  readonly path: string;
  readonly architecture: Architecture;
  readonly version: string;
  /** Epoch seconds, that two packages of the same source come out the same. */
  readonly date: number;
}

const names = { x64: "amd64", arm64: "arm64" } as const;

/** Where the files of the project go. */
const copies: readonly (readonly [from: string, to: string])[] = [
  ["dist/completions/docker-gc.bash", "usr/share/bash-completion/completions/docker-gc"],
  ["dist/completions/_docker-gc", "usr/share/zsh/vendor-completions/_docker-gc"],
  ["dist/completions/docker-gc.fish", "usr/share/fish/vendor_completions.d/docker-gc.fish"],
  ["examples/systemd/docker-gc.timer", "lib/systemd/system/docker-gc.timer"],
  ["examples/systemd/docker-gc-failed.service", "usr/share/doc/docker-gc/examples/docker-gc-failed.service"],
  ["examples/keep.txt", "usr/share/doc/docker-gc/examples/keep.txt"],
  ["examples/crontab", "usr/share/doc/docker-gc/examples/crontab"],
  ["examples/prometheus/alerts.yml", "usr/share/doc/docker-gc/prometheus/alerts.yml"],
  ["examples/prometheus/rules.yml", "usr/share/doc/docker-gc/prometheus/rules.yml"],
  ["examples/prometheus/dashboard.json", "usr/share/doc/docker-gc/prometheus/dashboard.json"],
  ["dist/LICENCES.txt", "usr/share/doc/docker-gc/LICENCES.txt"],
];

/** Makes a Debian package with dpkg-deb: the program, its papers, and a timer that nobody has enabled. */
export async function makeDebianPackage(options: DebianOptions): Promise<void> {
  const { root, scratch, program, path, architecture, version, date } = options;
  const tree = join(scratch, `debian-${architecture}`);
  await rm(tree, { recursive: true, force: true });
  const put = async (to: string, content: string | Buffer, mode = 0o644) => {
    const file = join(tree, to);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode });
  };
  const read = (from: string) => readFile(join(root, from), "utf8");
  for (const [from, to] of copies) await put(to, await read(from));
  await mkdir(join(tree, "usr/bin"), { recursive: true });
  await copyFile(program, join(tree, "usr/bin/docker-gc"));
  await chmod(join(tree, "usr/bin/docker-gc"), 0o755);
  await mkdir(join(tree, "usr/libexec/docker/cli-plugins"), { recursive: true });
  await symlink("../../../bin/docker-gc", join(tree, "usr/libexec/docker/cli-plugins/docker-gc"));
  await put("usr/share/man/man1/docker-gc.1.gz", zip(await read("dist/docker-gc.1")));
  await put(
    "lib/systemd/system/docker-gc.service",
    withoutExampleOfAlert(await read("examples/systemd/docker-gc.service")),
  );
  await put("etc/docker-gc/config.yaml", allCommented(await read("examples/config.yaml")));
  const doc = "usr/share/doc/docker-gc";
  await put(`${doc}/copyright`, copyright(await read("LICENSE")));
  await put(`${doc}/changelog.gz`, zip(changelog(version, date)));
  await put("usr/share/lintian/overrides/docker-gc", overrides);
  await put("DEBIAN/control", control(version, names[architecture]));
  await put("DEBIAN/conffiles", "/etc/docker-gc/config.yaml\n");
  for (const script of ["postinst", "prerm", "postrm"])
    await put(`DEBIAN/${script}`, await read(`.config/package/debian/${script}`), 0o755);
  // Folders as a strict umask left them would be those of the system.
  await execute("chmod", ["-R", "u=rwX,go=rX", tree]);
  await execute("dpkg-deb", ["--root-owner-group", "-Zxz", "-z3", "--build", tree, path], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(date) },
  });
}

function control(version: string, architecture: string): string {
  return `Package: docker-gc
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 9)
Suggests: docker.io | docker-ce | podman
Section: admin
Priority: optional
Description: remove Docker images by last use
 Removes images by age, by quota and by free space, from a timer, by hand or in
 CI. It keeps a ledger of last uses, proves what it saw, never forces, and
 explains every verdict.
 .
 The timer is not enabled: see /etc/docker-gc/config.yaml, then
 "systemctl enable --now docker-gc.timer".
`;
}

const maintainer = "docker-gc contributors <docker-gc@packages.invalid>";

/** An alert that the administrator has not set up would fail at each failure. */
function withoutExampleOfAlert(unit: string): string {
  return unit.replace(/^OnFailure=.*\n/m, "");
}

/** What is removed is for the administrator to say. */
function allCommented(config: string): string {
  return config.replace(/^(?=[^#\n])/gm, "# ");
}

function copyright(licence: string): string {
  const indented = licence.trim().replace(/^$/gm, ".").replace(/^/gm, " ");
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: ${/Copyright \(c\) (.*)/i.exec(licence)?.[1] ?? "see below"}
License: MIT
Comment: The program holds Node.js and packages, each under its own terms: see LICENCES.txt.

License: MIT
${indented}
`;
}

function changelog(version: string, date: number): string {
  const day = new Date(date * 1000).toUTCString().replace("GMT", "+0000");
  return `docker-gc (${version}) unstable; urgency=medium

  * See CHANGELOG.md of the project.

 -- ${maintainer}  ${day}
`;
}

const overrides = `# Node.js brings its own copies, which are those that it was tested with.
docker-gc: embedded-library *
`;

function zip(text: string): Buffer {
  return gzipSync(text, { level: 9 });
}
