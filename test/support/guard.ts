import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isListed } from "./engine-calls.js";

/** A proxy before an engine that lets nothing through but the calls that the README lists. */
export interface Guard {
  /** `unix://…` */
  readonly host: string;
  /** What was let through, as it came: `GET /images/json?all=1`. */
  readonly passed: string[];
  /** What was answered with 403. */
  readonly refused: string[];
  /** Calls that are refused although they are listed. */
  refuse: ((call: string) => boolean) | undefined;
  /** Called before a call is passed on, and waited for. */
  onCall: ((call: string) => unknown) | undefined;
  close(): Promise<void>;
}

/** @param target `unix://…` */
export async function startGuard(target: string): Promise<Guard> {
  const folder = await mkdtemp(join(tmpdir(), "guard-"));
  const socketPath = join(folder, "guard.sock");
  const engineSocket = target.replace(/^unix:\/\//, "");
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    const call = `${method} ${url}`;
    if (!isListed(call) || guard.refuse?.(call) === true) {
      guard.refused.push(call);
      request.resume();
      response.writeHead(403, { "content-type": "text/html" }).end("<h1>403 Forbidden</h1>");
      return;
    }
    guard.passed.push(call);
    await guard.onCall?.(call);
    const onward = httpRequest({ socketPath: engineSocket, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    response.on("close", () => onward.destroy());
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  };
  const server = createServer((request, response) => void serve(request, response));
  const guard: Guard = {
    host: `unix://${socketPath}`,
    passed: [],
    refused: [],
    refuse: undefined,
    onCall: undefined,
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
  return guard;
}
