import { Failure } from "../../core/text/failure.js";
import type { EngineEvent } from "../../core/uses/event.js";
import type { EngineDescription } from "../port.js";
import { mostBytes, mostDockerEvents } from "../transport/bounds.js";
import type { Connection } from "../transport/connection.js";
import { parseEventLines } from "../transport/event-lines.js";
import type { EngineCalls } from "./engine-calls.js";

/** See `Engine.readEvents`. */
export async function* readEvents(
  calls: EngineCalls,
  family: EngineDescription["family"],
  until: number,
  from: bigint | null,
): AsyncGenerator<EngineEvent> {
  const isLog = family === "podman";
  const since = from === null ? "0" : inSeconds(from);
  // Podman's log reader returns next to nothing for an `until` in the past, and Docker's never ends without one.
  const query: Readonly<Record<string, string>> = isLog
    ? { since, stream: "false" }
    : { since, until: (until / 1000).toFixed(3) };
  const request = { method: "GET", path: "/events", query, mostBytes: mostBytes.events } as const;
  // A log of months is a gigabyte.
  const response = await (isLog ? calls.sendPatiently(request) : calls.send(request));
  if (response.status !== 200) throw await calls.refused("GET /events", response);
  yield* parseEventLines(response.body, isLog ? Infinity : mostDockerEvents);
}

/** See `Engine.countEvents`. */
export async function* countEvents(connection: Connection, signal: AbortSignal): AsyncGenerator<number> {
  const endless = { timeoutMs: null, signal, mostBytes: Infinity } as const;
  try {
    const response = await connection.send({ method: "GET", path: "/events", ...endless });
    // The stream is open: what comes from here on is counted.
    yield 0;
    for await (const chunk of response.body) yield countLines(chunk);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Whole seconds and nine digits. */
function inSeconds(nanos: bigint): string {
  const digits = nanos.toString().padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
