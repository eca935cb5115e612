import type { IncomingMessage, ServerResponse } from "node:http";
import { isListed } from "./engine-calls.js";
import { passOn } from "./pass-on.js";
import { listenOnSocket, type SocketServer } from "./socket-server.js";

/** A proxy before an engine that lets nothing through but the calls that docs/security.md lists. */
export interface Guard extends SocketServer {
  /** What was let through, as it came: `GET /images/json?all=1`. */
  readonly passed: string[];
  /** What was answered with 403. */
  readonly refused: string[];
  /** Calls that are refused although they are listed. */
  refuse: ((call: string) => boolean) | undefined;
  /** Called before a call is passed on, and waited for. */
  onCall: ((call: string) => unknown) | undefined;
}

/** @param target `unix://…` */
export async function startGuard(target: string): Promise<Guard> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "" } = request;
    const call = `${method} ${url}`;
    if (!isListed(call) || guard.refuse?.(call) === true) {
      guard.refused.push(call);
      request.resume();
      response.writeHead(403, { "content-type": "text/html" }).end("<h1>403 Forbidden</h1>");
      return;
    }
    guard.passed.push(call);
    await guard.onCall?.(call);
    const onward = passOn(request, response, target);
    response.on("close", () => onward.destroy());
  };
  const server = await listenOnSocket("guard", serve);
  const guard: Guard = { ...server, passed: [], refused: [], refuse: undefined, onCall: undefined };
  return guard;
}
