import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SocketServer {
  readonly socketPath: string;
  /** `unix://…` */
  readonly host: string;
  /** Waits until nobody is connected, as after a client's end: what it had sent by then has been read. */
  idle(): Promise<void>;
  /** Ends open connections, and removes the socket. */
  close(): Promise<void>;
}

/** Serves over a unix socket in a folder of its own, whose name begins as the server is called. */
export async function listenOnSocket(
  name: string,
  serve: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<SocketServer> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const socketPath = join(folder, "engine.sock");
  // Docker's server never ends a connection that waits.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => void serve(request, response));
  const open = new Map<Socket, Promise<unknown>>();
  server.on("connection", (socket) => {
    const closed = new Promise((resolve) => socket.once("close", resolve));
    open.set(socket, closed);
    void closed.then(() => open.delete(socket));
  });
  server.listen(socketPath);
  await once(server, "listening");
  return {
    socketPath,
    host: `unix://${socketPath}`,
    idle: async () => {
      while (open.size > 0) await Promise.all(open.values());
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
