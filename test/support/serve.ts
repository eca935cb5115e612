import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers over a unix socket until the test is over, with anything that an engine would never say. */
export async function serveOnSocket(handler: Handler): Promise<string> {
  const socketPath = join(temporaryFolder(), "engine.sock");
  await serve(handler, (server) => server.listen(socketPath));
  return socketPath;
}

/** The same over TCP; answers with the port. */
export async function serveOnPort(handler: Handler, host = "127.0.0.1"): Promise<number> {
  const server = await serve(handler, (one) => one.listen(0, host));
  return (server.address() as AddressInfo).port;
}

async function serve(
  handler: Handler,
  listen: (server: ReturnType<typeof createServer>) => unknown,
): Promise<ReturnType<typeof createServer>> {
  const server = createServer(handler);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  listen(server);
  await once(server, "listening");
  return server;
}
