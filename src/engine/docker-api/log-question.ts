import { setTimeout as sleep } from "node:timers/promises";
import type { EngineEvent } from "../../core/uses/event.js";
import type { PodmanServer } from "../locate/processes.js";
import { readOwnLog } from "../log/own-log.js";
import { parseEventLines } from "../transport/event-lines.js";
import type { EngineCalls } from "./engine-calls.js";
import { eventRequest, inSeconds } from "./event-question.js";

/**
 * See `Engine.readEvents`; Podman's. It decodes all of its log before it sends the last lines, 24 microseconds each, so as long as it
 * has sent none, the file that it is reading is looked for, and read from its end on.
 *
 * @param podman null where it is not on this host
 */
export async function* readEventLog(
  calls: EngineCalls,
  from: bigint | null,
  podman: PodmanServer | null,
): AsyncGenerator<EngineEvent> {
  const enough = new AbortController();
  // Its reader returns next to nothing for an `until` in the past.
  const query = { since: inSeconds(from), stream: "false" };
  const response = await calls.sendPatiently({ ...eventRequest, query, signal: enough.signal });
  if (response.status !== 200) throw await calls.refused("GET /events", response);
  const chunks = response.body[Symbol.asyncIterator]();
  const first = chunks.next();
  const events =
    from === null || podman === null ? null : await readMeanwhile(first, () => readOwnLog(podman, from));
  if (events === null) yield* parseEventLines(continued(first, chunks));
  else {
    enough.abort();
    await first.catch(() => undefined);
    yield* events;
  }
}

/** Podman reads some 800 lines in so many milliseconds. */
const firstWaitMs = 20;

/** Tries again and again; null where the answer came first. */
async function readMeanwhile(
  answer: Promise<unknown>,
  readFile: () => readonly EngineEvent[] | null,
): Promise<readonly EngineEvent[] | null> {
  const answered = answer.then(
    () => true,
    () => true,
  );
  for (let waitMs = firstWaitMs; ; waitMs *= 2) {
    if (await Promise.race([answered, sleep(waitMs, false, { ref: false })])) return null;
    const events = readFile();
    if (events !== null) return events;
  }
}

/** An answer of which the first part has been waited for. */
async function* continued(
  first: Promise<IteratorResult<Buffer>>,
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  try {
    for (let next = await first; next.done !== true; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}
