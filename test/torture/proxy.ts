import { passOn } from "../support/pass-on.js";
import type { FaultRule } from "../practice-engine/fault.js";
import { listenOnSocket, type SocketServer } from "../support/socket-server.js";

/** Stands between a program and a real engine, and sees every request. */
export interface Proxy extends SocketServer {
  /** Called before a request is passed on; after a `hang` it is not. Other faults are not for a proxy. */
  onRequest: FaultRule | undefined;
}

/** @param target `unix://…` */
export async function startProxy(target: string): Promise<Proxy> {
  const server = await listenOnSocket("proxy", (request, response) => {
    const { method = "GET", url = "/" } = request;
    const path = decodeURIComponent(url.replace(/^\/v[\d.]+/, ""));
    if (proxy.onRequest?.(method, path)?.kind === "hang") return;
    // To its end, also for a program that was killed meanwhile.
    passOn(request, response, target);
  });
  const proxy: Proxy = { ...server, onRequest: undefined };
  return proxy;
}
