import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { PodmanServer } from "../../../../src/engine/locate/processes.js";
import { procOf, type ServedProcess } from "../../../support/served-process.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

async function listenAt(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return path;
}

function fileOf(bytes: number): string {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "x".repeat(bytes));
  return path;
}

const found = (socketPath: string, ...processes: readonly ServedProcess[]) =>
  new PodmanServer(socketPath, procOf(processes)).filesBeingRead().map((path) => realpathSync(path));

describe("the files that a program reads while it serves a socket", () => {
  it("are those that it has open and has not read to the end", async () => {
    const listensAt = await listenAt(join(temporaryFolder(), "s"));
    const [log, read, empty] = [fileOf(10), fileOf(10), fileOf(0)];
    const files = { [log]: 4, [read]: 10, [empty]: 0, [temporaryFolder()]: 0, "/dev/null": 0 };
    expect(found(listensAt, { listensAt, files })).toEqual([log]);
  });

  it("are found by the socket itself, whatever its path is where the program sees it", async () => {
    const [root, other] = [temporaryFolder(), temporaryFolder()];
    const socketPath = await listenAt(join(root, "run/s"));
    await listenAt(join(other, "run/s"));
    const [log, others] = [fileOf(10), fileOf(10)];
    const listensAt = "/run/s";
    expect(
      found(
        socketPath,
        { listensAt, root, files: { [log]: 0 } },
        { listensAt, root: other, files: { [others]: 0 } },
      ),
    ).toEqual([log]);
  });

  it.each<[string, Partial<ServedProcess>]>([
    ["another program", { exe: "/usr/sbin/haproxy" }],
    ["a program that is called alike", { exe: "/usr/bin/podman-guard" }],
    ["who listens somewhere else", { listensAt: "/run/other" }],
  ])("are none of %s", async (_, change) => {
    const listensAt = await listenAt(join(temporaryFolder(), "s"));
    expect(found(listensAt, { listensAt, files: { [fileOf(10)]: 0 }, ...change })).toEqual([]);
  });

  it("are those of a program that was updated while it runs", async () => {
    const listensAt = await listenAt(join(temporaryFolder(), "s"));
    const log = fileOf(10);
    expect(found(listensAt, { listensAt, exe: "/usr/bin/podman (deleted)", files: { [log]: 0 } })).toEqual([
      log,
    ]);
  });

  it("are none where there is no socket, or no process may be seen", async () => {
    expect(found("/nowhere", { listensAt: "/nowhere" })).toEqual([]);
    const socketPath = await listenAt(join(temporaryFolder(), "s"));
    expect(new PodmanServer(socketPath, "/nowhere").filesBeingRead()).toEqual([]);
  });

  it("are found again, also where another process has taken the socket over", async () => {
    const listensAt = await listenAt(join(temporaryFolder(), "s"));
    const [first, second] = [fileOf(10), fileOf(10)];
    const proc = procOf([
      { listensAt, files: { [first]: 0 } },
      { listensAt, files: { [second]: 0 }, exe: "/usr/bin/systemd" },
    ]);
    const server = new PodmanServer(listensAt, proc);
    const found = () => server.filesBeingRead().map((path) => realpathSync(path));
    expect([found(), found()]).toEqual([[first], [first]]);
    renameSync(join(proc, "100/exe"), join(proc, "exe"));
    rmSync(join(proc, "101/exe"));
    renameSync(join(proc, "exe"), join(proc, "101/exe"));
    expect(found()).toEqual([second]);
  });
});
