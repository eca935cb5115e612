import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SocketServer {
  readonly socketPath: string;
  /** `unix://…` */
  readonly host: string;
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
  server.listen(socketPath);
  await once(server, "listening");
  return {
    socketPath,
    host: `unix://${socketPath}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
