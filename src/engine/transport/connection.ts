import { Agent, type AgentOptions, type IncomingMessage } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { stringify } from "node:querystring";
import { describeError, Failure } from "../../core/text/failure.js";
import { beyond, mostBytes, showBytes } from "./bounds.js";
import { Deadline, type Patience } from "./deadline.js";
import { directModem, type Modem, type ModemOptions } from "./direct-request.js";
import { Exchanges } from "./exchanges.js";
import { showEndpoint, type Endpoint } from "../locate/endpoint.js";
import type { HttpHeaders } from "../locate/http-headers.js";
import { SshTunnels } from "./ssh-tunnel.js";
import { readTlsFiles, type TlsFiles } from "../locate/tls-files.js";
import { unreachable } from "./unreachable.js";

/** What stands behind the path of a request. */
export type Query = Readonly<Record<string, string>>;

/** One request; the query goes into the path. */
export interface EngineRequest extends Patience {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Query;
  /** What a registry is to be shown, in the header X-Registry-Auth; null or left out for nothing. */
  readonly registryAuth?: string | null;
  /** Bytes of the answer, beyond which it is refused; `mostBytes.answer` where nothing is said. */
  readonly mostBytes?: number;
}

/** Any status; the body is read by the caller, once, and ends in an error when it is cut off, late or too long. */
export interface EngineResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Piece by piece, as it comes. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body: a first run asks twice for each image, and an iterator for each costs more than reading it. */
  readonly readText: () => Promise<string>;
}

/**
 * Sends requests over dockerode's connection. Only its transport is used (sockets, TLS, ssh), and every body is read
 * as a stream: its own JSON calls never settle when a connection breaks in mid-body.
 */
export class Connection {
  readonly shown: string;
  /** Null where the engine may be on another host. */
  readonly socketPath: string | null;
  readonly #modem: Modem;
  readonly #exchanges = new Exchanges();

  /** @param headers to be sent with each request */
  constructor(endpoint: Endpoint, headers: HttpHeaders = {}) {
    this.shown = showEndpoint(endpoint);
    this.socketPath = endpoint.kind === "unix" ? endpoint.socketPath : null;
    this.#modem = directModem({ ...dockerOptions(endpoint), headers });
  }

  /** Gives up every exchange that is under way, and every later one. */
  abandon(): void {
    this.#exchanges.abandon();
  }

  /** See `Engine.hurry`. */
  hurry(): void {
    this.#exchanges.hurry();
  }

  /** Throws a Failure of code `engine` when there is no answer, and for a redirect: the engine was named, nobody else. */
  async send(request: EngineRequest): Promise<EngineResponse> {
    const deadline = new Deadline(request, this.#exchanges);
    if (request.method === "DELETE") this.#exchanges.addRemoval(deadline);
    let message: IncomingMessage;
    try {
      message = await this.#dial(request, deadline);
    } catch (error) {
      deadline.clear();
      if (deadline.isOver) throw this.#late(request);
      throw deadline.aborted ? this.#givenUp(request) : unreachable(this.shown, error);
    }
    const { statusCode: status = 0, headers } = message;
    if (status >= 300 && status < 400 && headers.location !== undefined) {
      deadline.clear();
      message.destroy();
      throw this.#redirected(request, headers.location);
    }
    const most = status === 200 ? (request.mostBytes ?? mostBytes.answer) : mostBytes.error;
    const bounded = { ...request, mostBytes: most };
    return {
      status,
      headers,
      body: this.#readBody(message, bounded, deadline),
      readText: () => this.#readText(message, bounded, deadline),
    };
  }

  #dial(request: EngineRequest, deadline: Deadline): Promise<IncomingMessage> {
    const query = stringify(request.query);
    const auth = request.registryAuth ?? null;
    const path = query === "" ? request.path : `${request.path}?${query}`;
    return new Promise((resolve, reject) => {
      this.#modem.dial(
        {
          path,
          method: request.method,
          // What else it would make a query and a body of.
          options: { _query: {}, _body: {} },
          ...(auth === null ? {} : { authconfig: { base64: auth } }),
          // Of a signal Node uses no more than it has.
          abortSignal: deadline as Partial<AbortSignal> as AbortSignal,
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
    request: BoundedRequest,
    deadline: Deadline,
  ): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      for await (const chunk of message as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > request.mostBytes) throw tooLong(request);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof Failure ? error : this.#cutOff(request, deadline, error);
    } finally {
      deadline.clear();
      message.destroy();
    }
  }

  #readText(message: IncomingMessage, request: BoundedRequest, deadline: Deadline): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const fail = (error: unknown) => {
        deadline.clear();
        reject(this.#cutOff(request, deadline, error));
      };
      message.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= request.mostBytes) return;
        reject(tooLong(request));
        chunks.length = 0;
        message.destroy();
        deadline.clear();
      });
      message.on("error", fail);
      message.on("end", () => {
        deadline.clear();
        resolve(Buffer.concat(chunks).toString("utf8"));
      });
      // Where it broke off before anybody read, nothing more is reported.
      if (message.destroyed) fail(new Error("the connection was closed"));
    });
  }

  #cutOff(request: EngineRequest, deadline: Deadline, error: unknown): Failure {
    if (deadline.isOver) return this.#late(request);
    if (deadline.aborted) return this.#givenUp(request);
    const cut = `The engine at ${this.shown} broke off its answer to ${request.method} ${request.path}: ${describeError(error)}.`;
    return new Failure("engine", cut, { cause: error });
  }

  #redirected({ method, path }: EngineRequest, location: string): Failure {
    const where = JSON.stringify(location.slice(0, shownAddress));
    return new Failure(
      "engine",
      `The engine at ${this.shown} redirects ${method} ${path} to ${where}, which is not followed; ` +
        "if an engine answers there, name it with --host or DOCKER_HOST.",
    );
  }

  #givenUp({ method, path }: EngineRequest): Failure {
    return new Failure(
      "engine",
      `The answer of the engine at ${this.shown} to ${method} ${path} was not waited for.`,
    );
  }

  #late({ method, path, timeoutMs }: EngineRequest): Failure {
    const within = `within ${(timeoutMs ?? 0) / 1000} s`;
    return new Failure(
      "engine",
      `The engine at ${this.shown} did not finish its answer to ${method} ${path} ${within}.`,
    );
  }
}

interface BoundedRequest extends EngineRequest {
  readonly mostBytes: number;
}

function tooLong({ method, path, mostBytes: most }: BoundedRequest): Failure {
  return beyond(`its answer to ${method} ${path} has more than ${showBytes(most)}`);
}

/** Characters of an address that somebody else chose. */
const shownAddress = 200;

function dockerOptions(endpoint: Endpoint): ModemOptions {
  switch (endpoint.kind) {
    case "unix":
      return { socketPath: endpoint.socketPath, agent: socketAgent() };
    case "tcp":
      return { host: endpoint.host, port: endpoint.port, ...transportOf(endpoint.tls) };
    case "ssh":
      // The name goes into the request's header alone.
      return { host: "docker", port: 80, protocol: "http", agent: new SshTunnels(endpoint) };
  }
}

/**
 * Keeps sockets for as long as Node's own agent does. A server name that is given saves Node a look whether the host, which a
 * socket has none of, is an address: the expression for that takes longer to compile than a request to be answered.
 */
function socketAgent(): Agent {
  const usual = { keepAlive: true, scheduling: "lifo", timeout: 5000 } as const;
  const options: AgentOptions & { readonly servername: string } = { ...usual, servername: "" };
  return new Agent(options);
}

/** docker-modem itself knows no engine whose certificate is not to be checked. */
function transportOf(tls: TlsFiles | null): ModemOptions {
  return tls === null ? { protocol: "http" } : { protocol: "https", agent: new TlsAgent(readTlsFiles(tls)) };
}
