import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";

/**
 * Asks an engine what a proxy was asked, and answers with what it says. The engine's side goes on when the asker goes
 * away; who does not want that destroys what is returned.
 *
 * @param engine `unix://…`
 */
export function passOn(request: IncomingMessage, response: ServerResponse, engine: string): ClientRequest {
  const { method, url, headers } = request;
  const socketPath = engine.replace(/^unix:\/\//, "");
  const onward = httpRequest({ socketPath, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
  return onward;
}
