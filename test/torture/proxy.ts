import { passOn } from "../support/pass-on.js";
import type { FaultRule } from "../practice-engine/fault.js";
import { listenOnSocket, type SocketServer } from "../support/socket-server.js";

/** Stands between a program and a real engine, and sees every request. */
export interface Proxy extends SocketServer {
  /** Called before a request is passed on; after a `hang` it is not. Other faults are not for a proxy. */
  onRequest: FaultRule | undefined;
  /**
   * Waits, after the end of a program, until the engine has done all that was asked of it: it goes on with a removal whose
   * asker was killed.
   */
  settled(): Promise<void>;
}

/** @param target `unix://…` */
export async function startProxy(target: string): Promise<Proxy> {
  const underWay = new Set<Promise<unknown>>();
  const server = await listenOnSocket("proxy", (request, response) => {
    const { method = "GET", url = "/" } = request;
    const path = decodeURIComponent(url.replace(/^\/v[\d.]+/, ""));
    if (proxy.onRequest?.(method, path)?.kind === "hang") return;
    // To its end, also for a program that was killed meanwhile.
    const onward = passOn(request, response, target);
    if (method === "GET") return;
    const answered = new Promise((resolve) => onward.once("response", resolve).once("close", resolve));
    underWay.add(answered);
    void answered.then(() => underWay.delete(answered));
  });
  const settled = async (): Promise<void> => {
    await server.idle();
    await Promise.all(underWay);
  };
  const proxy: Proxy = { ...server, onRequest: undefined, settled };
  return proxy;
}
