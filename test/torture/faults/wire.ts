import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Random } from "../random.js";

/** Bytes that were hurt. */
export interface WireStrike {
  /** What was last asked for on that connection: `GET /images/json?all=1`. */
  readonly request: string;
  readonly kind: Hurt;
}

const hurts = ["ended", "cut", "held back", "doubled", "bit changed", "slow"] as const;
type Hurt = (typeof hurts)[number];

/** A proxy that knows nothing of HTTP, and hurts the bytes that come back. */
export interface Wire {
  readonly socketPath: string;
  readonly strikes: readonly WireStrike[];
  close(): Promise<void>;
}

export async function startWire(engineSocket: string, random: Random): Promise<Wire> {
  const folder = await mkdtemp(join(tmpdir(), "wire-"));
  const socketPath = join(folder, "wire.sock");
  const sockets = new Set<Socket>();
  const strikes: WireStrike[] = [];
  const server = createServer((near) => {
    const far = connect(engineSocket);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          near.destroy();
          far.destroy();
          sockets.delete(socket);
        });
    }
    near.pipe(far, { end: false });
    let request = "";
    near.on("data", (chunk: Buffer) => (request = requestIn(chunk) ?? request));
    far.on("data", (chunk: Buffer) => {
      if (!random.chance(0.08)) {
        near.write(chunk);
        return;
      }
      const kind = random.pick(hurts);
      strikes.push({ request, kind });
      hurt(kind, near, chunk, random);
    });
  });
  server.listen(socketPath);
  await once(server, "listening");
  return {
    socketPath,
    strikes,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Without the API's version; null where none begins. */
function requestIn(chunk: Buffer): string | null {
  const [, method, path] = /^([A-Z]+) (?:\/v[\d.]+)?(\S+) HTTP/.exec(chunk.toString("latin1")) ?? [];
  return method === undefined || path === undefined ? null : `${method} ${path}`;
}

function hurt(kind: Hurt, near: Socket, chunk: Buffer, random: Random): void {
  const at = random.below(chunk.length);
  switch (kind) {
    case "ended":
      near.end(chunk.subarray(0, at));
      return;
    case "cut":
      near.write(chunk.subarray(0, at));
      near.destroy();
      return;
    case "held back":
      // The rest never comes.
      near.write(chunk.subarray(0, at));
      return;
    case "doubled":
      near.write(Buffer.concat([chunk, chunk]));
      return;
    case "bit changed": {
      const changed = Buffer.from(chunk);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << random.below(8)), at);
      near.write(changed);
      return;
    }
    case "slow":
      setTimeout(() => near.write(chunk), random.below(40));
  }
}
