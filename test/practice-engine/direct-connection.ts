import type { Connection, EngineRequest, EngineResponse } from "../../src/engine/transport/connection.js";
import { checkVersion, type Claim } from "./dialect.js";
import { Refusal } from "./refusal.js";
import { jsonReply, type Reply } from "./reply.js";
import { answer } from "./routes.js";
import type { EngineState } from "./state.js";

export interface DirectOptions {
  readonly claim: Claim;
  /** Called before a request is answered. */
  readonly onRequest?: (request: EngineRequest) => void;
}

/** Asks a model of an engine in this process, for tests that ask it a hundred thousand times. */
export function directConnection(state: EngineState, { claim, onRequest }: DirectOptions): Connection {
  const send = (request: EngineRequest): Promise<EngineResponse> => {
    onRequest?.(request);
    const { status, text, headers = {} } = replyTo(state, claim, request);
    const body = (async function* () {
      await Promise.resolve();
      yield Buffer.from(text);
    })();
    return Promise.resolve({ status, headers, body, readText: () => Promise.resolve(text) });
  };
  const direct: Pick<Connection, "send" | "shown" | "socketPath" | "hurry" | "abandon"> = {
    send,
    shown: "practice",
    socketPath: null,
    hurry: () => undefined,
    abandon: () => undefined,
  };
  return direct as Connection;
}

function replyTo(state: EngineState, claim: Claim, { method, path, query = {} }: EngineRequest): Reply {
  const [, version, pathname = path] = /^\/v1\.(\d+)(\/.*)$/.exec(path) ?? [];
  try {
    const asked = version === undefined ? claim.apiVersion : Number(version);
    checkVersion(asked, claim);
    const body = Buffer.alloc(0);
    return answer(method, pathname, {
      state,
      claim,
      version: asked,
      query: new URLSearchParams(query),
      body,
    });
  } catch (error) {
    if (error instanceof Refusal) return jsonReply(error.status, { message: error.message });
    throw error;
  }
}
