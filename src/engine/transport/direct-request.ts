import { request as requestPlain, type Agent, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestSecure } from "node:https";
import Docker from "dockerode";

export type Modem = Docker["modem"];

export interface ModemOptions extends Docker.DockerOptions {
  readonly agent?: Agent;
}

/** What docker-modem hands its own sending: the request, and what to do with the answer. */
type BuildRequest = (
  options: RequestOptions,
  context: unknown,
  body: string | undefined,
  callback: (error: Error | null, message: IncomingMessage | null) => void,
) => void;

/**
 * dockerode's connection with a sending of its own. docker-modem sends through an old follow-redirects, which takes root's
 * host to any address that an answer names, without a deadline, and lets nobody listen to what goes wrong there. Here a request
 * goes to the engine and to nobody else, and any status is an answer, a redirect too.
 */
export function directModem(options: ModemOptions): Modem {
  const { modem } = withoutDockerHost(() => new Docker(options));
  const send = options.protocol === "https" ? requestSecure : requestPlain;
  const buildRequest: BuildRequest = (request, _, body, callback) => {
    const sent = send(request);
    sent.on("response", (message) => callback(null, message));
    sent.on("error", (error) => callback(error, null));
    // An answer that switches protocols, which nobody asked for, ends in neither of the two.
    sent.on("close", () => callback(new Error("it gave no answer"), null));
    sent.end(body);
  };
  return Object.assign(modem, { buildRequest });
}

/**
 * docker-modem reads DOCKER_HOST whatever its options say, and with it certificates and a timeout: it would fail
 * over an address that nobody asked for, or speak TLS to a socket.
 */
function withoutDockerHost<T>(construct: () => T): T {
  const value = process.env["DOCKER_HOST"];
  delete process.env["DOCKER_HOST"];
  try {
    return construct();
  } finally {
    if (value !== undefined) process.env["DOCKER_HOST"] = value;
  }
}
