import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaultRule } from "../support/practice-engine/fault.js";

/** Stands between a program and a real engine, and sees every request. */
export interface Proxy {
  /** `unix://…` */
  readonly host: string;
  readonly socketPath: string;
  /** Called before a request is passed on; after a `hang` it is not. Other faults are not for a proxy. */
  onRequest: FaultRule | undefined;
  close(): Promise<void>;
}

/** @param target `unix://…` */
export async function startProxy(target: string): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), "proxy-"));
  const socketPath = join(folder, "proxy.sock");
  const engineSocket = target.replace(/^unix:\/\//, "");
  const server = createServer((request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const path = decodeURIComponent(url.replace(/^\/v[\d.]+/, ""));
    if (proxy.onRequest?.(method, path)?.kind === "hang") return;
    const passedOn = httpRequest({ socketPath: engineSocket, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passedOn.on("error", () => response.destroy());
    request.pipe(passedOn);
  });
  const proxy: Proxy = {
    host: `unix://${socketPath}`,
    socketPath,
    onRequest: undefined,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
  server.listen(socketPath);
  await once(server, "listening");
  return proxy;
}
