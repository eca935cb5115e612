import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { configuredRoot, rootsOfListeners } from "../../../../src/engine/locate/containerd-roots.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

const address = "/run/containerd/containerd.sock";

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

interface Process {
  readonly words: readonly string[];
  /** Inode of a socket that it has open. */
  readonly socket: number;
  /** What its `/` holds, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly sharesView?: true;
}

/** A /proc with these processes, and sockets of these inodes that are listened at. */
function procWith(processes: Readonly<Record<number, Process>>, listening: readonly number[]): string {
  const folder = temporaryFolder();
  const proc = join(folder, "proc");
  const line = (inode: number, flags: string, path: string) =>
    `0000000000000000: 00000002 00000000 ${flags} 0001 01 ${inode} ${path}`;
  const lines = listening.map((inode) => line(inode, "00010000", address));
  // Somebody who is connected has the same path.
  write(join(proc, "net/unix"), ["Num RefCount", ...lines, line(99, "00000000", address)].join("\n"));
  mkdirSync(join(proc, "self/ns"), { recursive: true });
  symlinkSync("mnt:[1]", join(proc, "self/ns/mnt"));
  for (const [pid, { words, socket, files = {}, sharesView }] of Object.entries(processes)) {
    const view = join(folder, `view-${pid}`);
    mkdirSync(view);
    for (const [path, text] of Object.entries(files)) write(join(view, path), text);
    write(join(proc, pid, "cmdline"), words.map((word) => `${word}\0`).join(""));
    for (const name of ["fd", "ns"]) mkdirSync(join(proc, pid, name));
    symlinkSync(`socket:[${socket}]`, join(proc, pid, "fd/7"));
    symlinkSync(sharesView === true ? "mnt:[1]" : "mnt:[2]", join(proc, pid, "ns/mnt"));
    symlinkSync(sharesView === true ? "/" : view, join(proc, pid, "root"));
  }
  return proc;
}

const pathsIn = (proc: string) => rootsOfListeners(address, proc).map(({ path }) => path.slice(proc.length));

describe("the root of the containerd that listens at a socket", () => {
  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["is the usual one where nothing is said", ["containerd"], {}, "/var/lib/containerd"],
    ["is what it was started with", ["containerd", "--root", "/data"], {}, "/data"],
    ["is so in one word", ["containerd", "--root=/data", "--state=/run/x"], {}, "/data"],
    [
      "is what the usual configuration says",
      ["containerd"],
      { "/etc/containerd/config.toml": 'root = "/configured"' },
      "/configured",
    ],
    [
      "is what another configuration says",
      ["containerd", "-c", "/run/docker/containerd/containerd.toml"],
      {
        "/etc/containerd/config.toml": 'root = "/configured"',
        "/run/docker/containerd/containerd.toml": 'root = "/docker/containerd/daemon"',
      },
      "/docker/containerd/daemon",
    ],
    [
      "is what it was started with, whatever is configured",
      ["containerd", "--root", "/data"],
      { "/etc/containerd/config.toml": 'root = "/configured"' },
      "/data",
    ],
  ])("%s", (_, words, files, expected) => {
    expect(pathsIn(procWith({ 12: { words, socket: 5, files } }, [5]))).toEqual([`/12/root${expected}`]);
  });

  it("has the name that it has here, where it sees the same files", () => {
    const proc = procWith(
      { 12: { words: ["containerd", "--root", "/data"], socket: 5, sharesView: true } },
      [5],
    );
    expect(rootsOfListeners(address, proc)).toMatchObject([{ path: "/data" }]);
  });

  it("is that of each, where several listen at this path in views of their own", () => {
    const words = ["containerd"];
    const proc = procWith({ 12: { words, socket: 5 }, 13: { words, socket: 6 } }, [5, 6]);
    expect(pathsIn(proc)).toEqual(["/12/root/var/lib/containerd", "/13/root/var/lib/containerd"]);
  });

  it("is nobody's who is only connected, or has another socket", () => {
    const words = ["dockerd"];
    expect(pathsIn(procWith({ 12: { words, socket: 99 }, 13: { words, socket: 7 } }, [5]))).toEqual([]);
    expect(pathsIn(procWith({ 12: { words, socket: 5 } }, []))).toEqual([]);
  });
});

describe("a configured root", () => {
  it("is what imported files say last, and has the places of snapshotters", () => {
    const view = temporaryFolder();
    const snapshots = '[plugins."io.containerd.snapshotter.v1.overlayfs"]\nroot_path = "/fast"\n';
    write(join(view, "etc/containerd/config.toml"), 'imports = ["conf.d/*.toml"]\nroot = "/first"\n');
    write(join(view, "etc/containerd/conf.d/1.toml"), `root = "/second"\n${snapshots}`);
    write(join(view, "etc/containerd/conf.d/2.txt"), 'root = "/never"\n');
    const { path, snapshotRoots } = configuredRoot(view);
    expect(path).toBe(join(view, "second"));
    expect([...snapshotRoots]).toEqual([["overlayfs", join(view, "fast")]]);
  });

  it("comes to an end where files import each other", () => {
    const view = temporaryFolder();
    write(join(view, "etc/containerd/config.toml"), 'imports = ["/etc/containerd/*.toml"]\n');
    expect(configuredRoot(view).path).toBe(join(view, "var/lib/containerd"));
  });
});
