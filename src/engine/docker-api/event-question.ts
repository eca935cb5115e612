import { Failure } from "../../core/text/failure.js";
import type { EngineEvent } from "../../core/uses/event.js";
import { mostBytes, mostDockerEvents } from "../transport/bounds.js";
import type { Connection } from "../transport/connection.js";
import { parseEventLines } from "../transport/event-lines.js";
import type { EngineCalls } from "./engine-calls.js";

/** A log of months is a gigabyte. */
export const eventRequest = { method: "GET", path: "/events", mostBytes: mostBytes.events } as const;

/** See `Engine.readEvents`; Docker's. */
export async function* readEventBuffer(
  calls: EngineCalls,
  until: number,
  from: bigint | null,
): AsyncGenerator<EngineEvent> {
  // It never ends without an `until`.
  const query = { since: inSeconds(from), until: (until / 1000).toFixed(Number.isInteger(until) ? 3 : 6) };
  const response = await calls.get({ ...eventRequest, query });
  yield* parseEventLines(response.body, mostDockerEvents);
}

/** See `Engine.countEvents`. */
export async function* countEvents(connection: Connection, signal: AbortSignal): AsyncGenerator<number> {
  const endless = { timeoutMs: null, signal, mostBytes: Infinity } as const;
  try {
    const response = await connection.send({ ...eventRequest, ...endless });
    // The stream is open: what comes from here on is counted.
    yield 0;
    for await (const chunk of response.body) yield countLines(chunk);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

/** Whole seconds and nine digits; for null the beginning of all. */
export function inSeconds(nanos: bigint | null): string {
  if (nanos === null) return "0";
  const digits = nanos.toString().padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
