import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EngineCalls } from "../../../../src/engine/docker-api/engine-calls.js";
import { readEventLog } from "../../../../src/engine/docker-api/log-question.js";
import { PodmanServer } from "../../../../src/engine/locate/processes.js";
import { Connection } from "../../../../src/engine/transport/connection.js";
import { rejectionOf } from "../../../support/failure-of.js";
import { serveOnSocket } from "../../../support/serve.js";
import { procOf } from "../../../support/served-process.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { logLine } from "../log/log-lines.js";

const start = 1_800_000_000_000_000_000n;

const answerLine = (id: string): string =>
  `{"Type":"container","Action":"start","Actor":{"ID":"${id}","Attributes":{}},"timeNano":${start}}\n`;

/** A Podman that begins its answer, and says no event before the test does. */
async function startPodman(onAsked: (response: ServerResponse) => void = () => undefined) {
  const asked: string[] = [];
  const socketPath = await serveOnSocket(({ url = "" }, response) => {
    asked.push(url);
    response.writeHead(200).flushHeaders();
    onAsked(response);
  });
  const calls = new EngineCalls(new Connection({ kind: "unix", socketPath }), 10_000);
  const read = async (proc: string, from: bigint | null = start - 1n): Promise<string[]> => {
    const ids: string[] = [];
    const podman = new PodmanServer(socketPath, proc);
    for await (const { actorId } of readEventLog(calls, from, podman)) ids.push(actorId);
    return ids;
  };
  return { socketPath, read, asked };
}

function logOf(...ids: readonly string[]): string {
  const path = join(temporaryFolder(), "events.log");
  writeFileSync(path, ids.map((id) => logLine({ at: start, id })).join(""));
  return path;
}

describe("a log that Podman takes long to read", () => {
  it("is read from the file that Podman reads, and Podman is not kept at it", async () => {
    let gaveUp: Promise<unknown> | undefined;
    const { read, socketPath, asked } = await startPodman((response) => {
      gaveUp = once(response, "close");
    });
    const proc = procOf([{ listensAt: socketPath, files: { [logOf("a", "b")]: 7 } }]);
    expect(await read(proc)).toEqual(["a", "b"]);
    await gaveUp;
    expect(asked).toEqual(["/events?since=1799999999.999999999&stream=false"]);
  });

  it("is read from the file as soon as Podman has it open", async () => {
    const path = logOf("a");
    let proc = "";
    const { read, socketPath } = await startPodman(() => symlinkSync(path, join(proc, "100/fd/10")));
    proc = procOf([{ listensAt: socketPath, files: { [path]: 0 } }]);
    rmSync(join(proc, "100/fd/10"));
    expect(await read(proc)).toEqual(["a"]);
  });

  it.each<[string, (socketPath: string) => string, bigint | null]>([
    ["where nobody knows which file it is", () => procOf([]), start - 1n],
    [
      "where the file is no log",
      (listensAt) => procOf([{ listensAt, files: { "/etc/passwd": 0 } }]),
      start - 1n,
    ],
    [
      "where it reads two logs",
      (listensAt) => procOf([{ listensAt, files: { [logOf("x")]: 0, [logOf("y")]: 0 } }]),
      start - 1n,
    ],
    ["where all of it is wanted", (listensAt) => procOf([{ listensAt, files: { [logOf("x")]: 0 } }]), null],
  ])("is what Podman says %s", async (_, prepare, from) => {
    const { read, socketPath } = await startPodman(
      (response) => void setTimeout(() => response.end(answerLine("told")), 100),
    );
    expect(await read(prepare(socketPath), from)).toEqual(["told"]);
  });

  it("is what Podman says where it says it at once", async () => {
    const { read, socketPath } = await startPodman((response) => response.end(answerLine("told")));
    expect(await read(procOf([{ listensAt: socketPath, files: { [logOf("x")]: 0 } }]))).toEqual(["told"]);
  });

  it("is a failure where Podman breaks off, or says what is no event", async () => {
    const endings: ((response: ServerResponse) => unknown)[] = [
      (response) => response.destroy(),
      (response) => response.end("banana"),
    ];
    for (const end of endings) {
      const { read } = await startPodman(end);
      expect((await rejectionOf(read(procOf([])))).code).toBe("engine");
    }
  });
});
