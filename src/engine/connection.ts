import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import Docker from "dockerode";
import { describeError, Failure } from "../core/failure.js";
import type { Endpoint, TlsFiles } from "./endpoint.js";
import { showEndpoint } from "./endpoint.js";

/** One request; the query goes into the path. */
export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole exchange, body included. */
  readonly timeoutMs: number;
}

/** Any status; the body is read by the caller, and ends in an error when it is cut off or late. */
export interface EngineResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
}

/**
 * Sends requests over dockerode's connection. Only its transport is used (sockets, TLS, ssh), and every body is read
 * as a stream: its own JSON calls never settle when a connection breaks in mid-body.
 */
export class Connection {
  readonly shown: string;
  readonly #modem: Docker["modem"];
  readonly #abandoned = new AbortController();

  constructor(endpoint: Endpoint) {
    this.shown = showEndpoint(endpoint);
    this.#modem = new Docker(dockerOptions(endpoint)).modem;
  }

  /** Gives up every exchange that is under way, and every later one. */
  abandon(): void {
    this.#abandoned.abort();
  }

  /** Throws a Failure of code `engine` when there is no answer. */
  async send(request: EngineRequest): Promise<EngineResponse> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), request.timeoutMs);
    const late = new Failure(
      "engine",
      `The engine at ${this.shown} did not finish its answer to ${request.method} ${request.path} within ${request.timeoutMs / 1000} s.`,
    );
    try {
      const message = await this.#dial(request, AbortSignal.any([abort.signal, this.#abandoned.signal]));
      const body = this.#readBody(message, request, timer, () => (abort.signal.aborted ? late : null));
      return { status: message.statusCode ?? 0, headers: message.headers, body };
    } catch (error) {
      clearTimeout(timer);
      throw abort.signal.aborted ? late : this.#unreachable(error);
    }
  }

  #dial(request: EngineRequest, abortSignal: AbortSignal): Promise<IncomingMessage> {
    const query = request.query ?? {};
    // docker-modem takes the last character off a path whose question mark has no options behind it.
    const path = Object.keys(query).length === 0 ? request.path : `${request.path}?`;
    return new Promise((resolve, reject) => {
      this.#modem.dial(
        {
          path,
          method: request.method,
          options: { _query: query, _body: {} },
          isStream: true,
          statusCodes: anyStatus,
          abortSignal,
        },
        (error: unknown, message: unknown) => {
          if (error !== null && error !== undefined)
            reject(error instanceof Error ? error : new Error(describeError(error)));
          else resolve(message as IncomingMessage);
        },
      );
    });
  }

  async *#readBody(
    message: IncomingMessage,
    request: EngineRequest,
    timer: NodeJS.Timeout,
    late: () => Failure | null,
  ): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of message) yield chunk as Buffer;
    } catch (error) {
      const cut = `The engine at ${this.shown} broke off its answer to ${request.method} ${request.path}: ${describeError(error)}.`;
      throw late() ?? new Failure("engine", cut, { cause: error });
    } finally {
      clearTimeout(timer);
      message.destroy();
    }
  }

  #unreachable(error: unknown): Failure {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const advice = Object.hasOwn(connectAdvice, code) ? connectAdvice[code] : undefined;
    const reason = advice?.reason ?? describeError(error);
    const what = advice?.what ?? "check that an engine listens there";
    return new Failure("engine", `Cannot reach a Docker Engine at ${this.shown}: ${reason}; ${what}.`, {
      cause: error,
    });
  }
}

const startOrPoint = "start the engine, or name another one with --host or DOCKER_HOST";

const connectAdvice: Readonly<Record<string, { readonly reason: string; readonly what: string }>> = {
  ENOENT: { reason: "there is no such socket", what: startOrPoint },
  ECONNREFUSED: { reason: "nobody listens there", what: startOrPoint },
  EACCES: { reason: "permission denied", what: "run as root, or as a member of the socket's group" },
  ENOTFOUND: { reason: "there is no such host", what: "check --host and DOCKER_HOST" },
};

/** Every status is an answer here, so that the caller sees it with its body. */
const anyStatus = new Proxy<Record<number, boolean>>({}, { get: () => true });

/**
 * Every field is given, also as undefined: docker-modem fills what is left out from DOCKER_HOST, and would then talk
 * to another engine than the one that was resolved.
 */
function dockerOptions(endpoint: Endpoint): Docker.DockerOptions {
  const none = { socketPath: undefined, host: undefined, port: undefined, protocol: undefined };
  const options = {
    ...none,
    ...(endpoint.kind === "unix" ? { socketPath: endpoint.socketPath } : {}),
    ...(endpoint.kind === "tcp"
      ? { host: endpoint.host, port: endpoint.port, ...transportOf(endpoint.tls) }
      : {}),
    ...(endpoint.kind === "ssh"
      ? { host: endpoint.host, port: endpoint.port, protocol: "ssh", username: endpoint.user }
      : {}),
  };
  return options as unknown as Docker.DockerOptions;
}

function transportOf(tls: TlsFiles | null): object {
  if (tls === null) return { protocol: "http" };
  const read = (name: string): Buffer => {
    try {
      return readFileSync(join(tls.folder, name));
    } catch (error) {
      const message = `TLS needs ca.pem, cert.pem and key.pem in ${tls.folder} (DOCKER_CERT_PATH): ${describeError(error)}.`;
      throw new Failure("usage", message, { cause: error });
    }
  };
  return { protocol: "https", ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
