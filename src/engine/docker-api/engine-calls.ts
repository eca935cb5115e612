import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../core/text/failure.js";
import type { Connection, EngineRequest, EngineResponse } from "../transport/connection.js";
import { parseJson } from "../transport/json-text.js";
import { piecesOfList } from "../transport/list-pieces.js";
import { messageIn } from "./error-message.js";

/** For what takes the engine minutes: to delete the files of a large image on a slow disk, to read a log of months. */
const longPatience = 10;

/**
 * The containerd store answers 404 to a listing while an image that was to be in it goes, as beside `docker image prune`,
 * which takes one after the other.
 */
const pausesMs = [50, 100, 200, 400, 800, 1600];

type Timed = Omit<EngineRequest, "timeoutMs">;
type Asked = Omit<Timed, "method">;

/** Requests over a connection, each within its time. What is refused is a Failure of code `engine`. */
export class EngineCalls {
  readonly #connection: Connection;
  readonly #timeoutMs: number;

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  send(request: Timed): Promise<EngineResponse> {
    return this.#connection.send({ ...request, timeoutMs: this.#timeoutMs });
  }

  sendPatiently(request: Timed): Promise<EngineResponse> {
    return this.#connection.send({ ...request, timeoutMs: this.#timeoutMs * longPatience });
  }

  /** An answer that is none but what was asked for; not read yet. */
  async get(request: Asked): Promise<EngineResponse> {
    const response = await this.send({ method: "GET", ...request });
    if (response.status !== 200) throw await this.refused(`GET ${request.path}`, response);
    return response;
  }

  async getJson(request: Asked): Promise<unknown> {
    const response = await this.get(request);
    return parseJson(await response.readText(), `GET ${request.path}`);
  }

  /** A list as several shorter ones. */
  async *listPieces(request: Asked, onBegun?: () => void): AsyncGenerator {
    const what = `GET ${request.path}`;
    let response = await this.send({ method: "GET", ...request });
    for (const pauseMs of pausesMs) {
      if (response.status !== 404) break;
      await response.readText();
      await sleep(pauseMs);
      response = await this.send({ method: "GET", ...request });
    }
    if (response.status !== 200) throw await this.refused(what, response);
    onBegun?.();
    yield* piecesOfList(response.body, what, (text) => parseJson(text, what));
  }

  async refused(what: string, response: EngineResponse): Promise<Failure> {
    const message = messageIn(await response.readText(), response.status);
    return new Failure("engine", `The engine at ${this.#connection.shown} refused ${what}: ${message}.`);
  }
}
