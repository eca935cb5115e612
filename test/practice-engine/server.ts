import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { listenOnSocket, type SocketServer } from "../support/socket-server.js";
import type { Clock } from "./clock.js";
import {
  checkVersion,
  minApiVersionOf,
  parseApiVersion,
  serverVersionOf,
  type Claim,
  type Store,
} from "./dialect.js";
import type { Fault, FaultRule } from "./fault.js";
import { jsonReply, type Reply } from "./reply.js";
import { Refusal } from "./refusal.js";
import { digestOf } from "./layers.js";
import { answer } from "./routes.js";
import { EngineState } from "./state.js";

export interface PracticeEngineOptions {
  /** `1.41` (Docker 20.10) by default. */
  readonly apiVersion?: string;
  readonly minApiVersion?: string;
  /** The engine's clock, which must move at every reading; by default that of this machine. */
  readonly now?: Clock;
  readonly onRequest?: FaultRule;
  /** The model to show; by default an empty one. */
  readonly engine?: EngineState;
  /** What `/info` says. */
  readonly id?: string;
  readonly name?: string;
  readonly rootDirectory?: string;
  /** Names the data: engines of the same one have the same network `host`. Its ID by default. */
  readonly data?: string;
  /** `overlay2` by default. */
  readonly store?: Store;
}

export interface RequestRecord {
  readonly method: string;
  /** Without the API version, with the query. */
  readonly path: string;
  /** Of the answer; 0 for none. */
  readonly status: number;
}

export interface PracticeEngine extends SocketServer {
  /** What the server shows: tests set their scenes here. */
  readonly engine: EngineState;
  /** Everything that was asked, in the order of the answers. */
  readonly requests: RequestRecord[];
  /** Decides over faults from now on. */
  onRequest: FaultRule | undefined;
}

/** Serves a model of an engine over a unix socket. */
export async function startPracticeEngine(options: PracticeEngineOptions = {}): Promise<PracticeEngine> {
  const claim = claimOf(options);
  const server = await listenOnSocket("practice", (request, response) =>
    serve(practice, claim, request, response),
  );
  const practice: PracticeEngine = {
    ...server,
    engine: options.engine ?? new EngineState(options.now),
    requests: [],
    onRequest: options.onRequest,
  };
  return practice;
}

function claimOf(options: PracticeEngineOptions): Claim {
  const apiVersion = parseApiVersion(options.apiVersion ?? "1.41");
  const { minApiVersion } = options;
  return {
    apiVersion,
    minApiVersion: minApiVersion === undefined ? minApiVersionOf(apiVersion) : parseApiVersion(minApiVersion),
    serverVersion: serverVersionOf(apiVersion),
    id: options.id ?? "PRAC:TICE:ENGI:NE00",
    name: options.name ?? "practice",
    rootDirectory: options.rootDirectory ?? "/var/lib/docker",
    hostNetwork: digestOf(`data ${options.data ?? options.id ?? ""}`).slice("sha256:".length),
    store: options.store ?? "overlay2",
  };
}

async function serve(
  practice: PracticeEngine,
  claim: Claim,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  const [, version, path = url] = /^\/v1\.(\d+)(\/.*)$/.exec(url) ?? [];
  const fault = practice.onRequest?.(method, decodeURIComponent(path));
  const body = await buffer(request);
  const note = (status: number): void => {
    practice.requests.push({ method, path: decodeURIComponent(path), status });
  };
  if (fault?.kind === "hang") {
    note(0);
    return;
  }
  if (fault?.kind === "delay") await sleep(fault.ms);
  const asked = version === undefined ? claim.apiVersion : Number(version);
  const reply =
    fault?.kind === "answer"
      ? jsonReply(fault.status, fault.body)
      : replyTo(practice.engine, claim, method, path, asked, body);
  note(reply.status);
  send(response, reply, fault);
}

function replyTo(
  state: EngineState,
  claim: Claim,
  method: string,
  path: string,
  version: number,
  body: Buffer,
): Reply {
  try {
    checkVersion(version, claim);
    const { pathname, searchParams: query } = new URL(path, "http://engine");
    return answer(method, decodeURIComponent(pathname), { state, claim, version, query, body });
  } catch (error) {
    if (error instanceof Refusal) return refusalReply(error);
    return jsonReply(500, { message: String(error) });
  }
}

function refusalReply({ status, message }: Refusal): Reply {
  return status === 304 ? { status, text: "" } : jsonReply(status, { message });
}

function send(
  response: ServerResponse,
  { status, text, headers, follow }: Reply,
  fault: Fault | undefined,
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  if (fault?.kind === "cut") {
    response.write(Buffer.from(text).subarray(0, fault.afterBytes), () => response.destroy());
    return;
  }
  response.write(fault?.kind === "transform" ? fault.body(text) : text);
  response.flushHeaders();
  if (follow === undefined) response.end();
  else follow(response);
}
