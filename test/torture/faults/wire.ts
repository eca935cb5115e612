import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Random } from "../random.js";

/** A proxy that knows nothing of HTTP, and hurts the bytes that come back. */
export interface Wire {
  readonly socketPath: string;
  /** How often bytes were hurt. */
  readonly strikes: () => number;
  close(): Promise<void>;
}

/** @param random null for a wire that is sound */
export async function startWire(engineSocket: string, random: Random): Promise<Wire> {
  const folder = await mkdtemp(join(tmpdir(), "wire-"));
  const socketPath = join(folder, "wire.sock");
  const sockets = new Set<Socket>();
  let strikes = 0;
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
    far.on("data", (chunk: Buffer) => {
      const isStruck = random.chance(0.08);
      if (isStruck) strikes += 1;
      if (isStruck) hurt(near, chunk, random);
      else near.write(chunk);
    });
  });
  server.listen(socketPath);
  await once(server, "listening");
  return {
    socketPath,
    strikes: () => strikes,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function hurt(near: Socket, chunk: Buffer, random: Random): void {
  const at = random.below(chunk.length);
  switch (random.below(6)) {
    case 0:
      near.end(chunk.subarray(0, at));
      return;
    case 1:
      near.write(chunk.subarray(0, at));
      near.destroy();
      return;
    case 2:
      // The rest never comes.
      near.write(chunk.subarray(0, at));
      return;
    case 3:
      near.write(Buffer.concat([chunk, chunk]));
      return;
    case 4: {
      const changed = Buffer.from(chunk);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << random.below(8)), at);
      near.write(changed);
      return;
    }
    default:
      setTimeout(() => near.write(chunk), random.below(40));
  }
}
