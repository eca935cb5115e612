import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.js";

export interface ServedProcess {
  /** What it runs; `/usr/bin/podman` where nothing is said. */
  readonly exe?: string;
  /** The path of the socket that it listens at, as it sees it. */
  readonly listensAt: string;
  /** What its `/` is called here; its view is our own where nothing is said. */
  readonly root?: string;
  /** Files that it has open, each with how many of their bytes it has read. */
  readonly files?: Readonly<Record<string, number>>;
}

/** A /proc in which these processes are, as far as they are looked at. */
export function procOf(processes: readonly ServedProcess[]): string {
  const proc = join(temporaryFolder(), "proc");
  mkdirSync(join(proc, "self/ns"), { recursive: true });
  symlinkSync("mnt:[1]", join(proc, "self/ns/mnt"));
  for (const [index, { exe = "/usr/bin/podman", listensAt, root, files = {} }] of processes.entries()) {
    const process = join(proc, `${index + 100}`);
    for (const name of ["fd", "fdinfo", "ns", "net"]) mkdirSync(join(process, name), { recursive: true });
    symlinkSync(exe, join(process, "exe"));
    symlinkSync(root ?? "/", join(process, "root"));
    symlinkSync(root === undefined ? "mnt:[1]" : "mnt:[2]", join(process, "ns/mnt"));
    const line = (flags: string, inode: number) =>
      `0: 00000002 00000000 ${flags} 0001 01 ${inode} ${listensAt}`;
    // Whoever is connected has the same path.
    writeFileSync(join(process, "net/unix"), `Num\n${line("00010000", 5)}\n${line("00000000", 6)}\n`);
    symlinkSync("socket:[5]", join(process, "fd/3"));
    for (const [number, [path, position]] of Object.entries(files).entries()) {
      symlinkSync(path, join(process, `fd/${number + 10}`));
      writeFileSync(join(process, `fdinfo/${number + 10}`), `pos:\t${position}\nflags:\t0100000\n`);
    }
  }
  return proc;
}
