import type { ServerResponse } from "node:http";
import type { EngineEvent } from "../../src/core/uses/event.js";
import { dialectOf, type ApiVersion } from "./dialect.js";
import type { Reply } from "./reply.js";
import { Refusal } from "./refusal.js";
import type { EngineState } from "./state.js";

/** GET /events: what is in the buffer, and what comes until `until`, or for ever. */
export function eventReply(state: EngineState, query: URLSearchParams, version: ApiVersion): Reply {
  const since = parseTime(query.get("since"));
  const until = parseTime(query.get("until"));
  if (since !== null && until !== null && since > until) {
    const times = `\`since\` time (${query.get("since") ?? ""}) cannot be after \`until\` time (${query.get("until") ?? ""})`;
    throw new Refusal(400, times);
  }
  const now = state.now();
  const isPast = until !== null && until <= now;
  // Without either there are no events of the past.
  const buffered = since === null && until === null ? [] : state.events.between(since ?? 0n, until);
  const text = buffered
    .filter((event) => isShown(event, version))
    .map((event) => eventLine(event, version))
    .join("");
  if (isPast) return { status: 200, text };
  return {
    status: 200,
    text,
    follow: (response) => follow(state, response, version, until === null ? null : until - now),
  };
}

function follow(
  state: EngineState,
  response: ServerResponse,
  version: ApiVersion,
  duration: bigint | null,
): void {
  const end = (): void => void response.end();
  const event = (one: EngineEvent): void => {
    if (isShown(one, version)) response.write(eventLine(one, version));
  };
  const unsubscribe = state.events.subscribe({ event, end });
  const timer = duration === null ? undefined : setTimeout(end, Number(duration / 1_000_000n));
  response.on("close", () => {
    unsubscribe();
    clearTimeout(timer);
  });
}

/** Before API 1.46 nobody is told that an image was made. */
function isShown({ type, action }: EngineEvent, version: ApiVersion): boolean {
  return version >= 46 || type !== "image" || action !== "create";
}

/** An event is told again and again, in one of two ways. */
const linesOf = { old: new WeakMap<EngineEvent, string>(), new: new WeakMap<EngineEvent, string>() };

function eventLine(event: EngineEvent, version: ApiVersion): string {
  const { type } = event;
  const isOld = dialectOf(version).legacyEventFields && (type === "container" || type === "image");
  const lines = isOld ? linesOf.old : linesOf.new;
  const line = lines.get(event) ?? writeEvent(event, isOld ? "old" : "new");
  lines.set(event, line);
  return line;
}

/** One line of JSON. The nanoseconds go past what a JavaScript number can hold, so they are put in as text. */
function writeEvent(
  { timeNano, type, action, actorId, attributes }: EngineEvent,
  fields: keyof typeof linesOf,
): string {
  const isOld = fields === "old";
  const event = {
    ...(isOld ? { status: action, id: actorId } : {}),
    ...(isOld && type === "container" ? { from: attributes.image } : {}),
    Type: type,
    Action: action,
    Actor: { ID: actorId, Attributes: attributes },
    scope: "local",
    time: Number(timeNano / 1_000_000_000n),
  };
  return `${JSON.stringify(event).slice(0, -1)},"timeNano":${timeNano}}\n`;
}

/** `seconds[.fraction]`, exact to the nanosecond; null when it is not asked for. */
function parseTime(text: string | null): bigint | null {
  if (text === null || text === "") return null;
  const [, seconds, fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (seconds === undefined) throw new Refusal(500, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}
