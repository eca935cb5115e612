import { eventAttributes, type EngineEvent } from "../../core/uses/event.js";
import { Failure } from "../../core/text/failure.js";
import { isCut } from "../../core/text/known-text.js";
import { beyond, cutText, mostBytes, showBytes } from "./bounds.js";
import { asObject, textIn, textTableIn, type Json } from "./fields.js";
import { refuseDeep } from "./json-text.js";

const lineFeed = 0x0a;

/** Characters. Hundreds of events may be held at once. */
const unsuspicious = 64 * 1024;

/**
 * Cuts a stream of bytes into events, one JSON object a line. Throws a Failure for the first line that is none, for one that is
 * longer than any event, and for more than `mostEvents`.
 */
export async function* parseEventLines(
  chunks: AsyncIterable<Buffer>,
  mostEvents = Infinity,
): AsyncGenerator<EngineEvent> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  for await (const chunk of chunks) {
    let start = 0;
    // A line feed never stands inside a character of UTF-8, so lines are cut before they are decoded.
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const line =
        restBytes === 0
          ? chunk.toString("utf8", start, end)
          : Buffer.concat([...rest, chunk.subarray(start, end)]).toString("utf8");
      rest = [];
      restBytes = 0;
      start = end + 1;
      number += 1;
      if (number > mostEvents) throw beyond(`/events has more than ${mostEvents} lines`);
      if (line.trim() !== "") yield parseEvent(line, number);
    }
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > mostBytes.element)
      throw malformed(`event line ${number + 1}`, `is longer than ${showBytes(mostBytes.element)}`);
  }
  const last = Buffer.concat(rest).toString("utf8");
  if (last.trim() !== "") yield parseEvent(last, number + 1);
}

/** Throws a Failure of code `engine`: an event that cannot be read may have been a use of any image. */
function parseEvent(line: string, number: number): EngineEvent {
  const where = `event line ${number}`;
  const fields = parseEventFields(line, where);
  const actor = asObject(fields["Actor"] ?? {}, `${where}.Actor`);
  return reducedEvent({
    timeNano: exactTime(line, number),
    type: textIn(fields, "Type", where),
    action: textIn(fields, "Action", where),
    // A prune event has no actor.
    actorId: actor["ID"] === undefined ? "" : textIn(actor, "ID", `${where}.Actor`),
    attributes: textTableIn(actor, "Attributes", `${where}.Actor`),
  });
}

/** What stands in a line; `where` names it in the Failure of code `engine` for what is no JSON object. */
export function parseEventFields(line: string, where: string): Json {
  refuseDeep(line, where, unsuspicious);
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw malformed(where, "is not JSON");
  }
  return asObject(parsed, where);
}

/** What is kept of an event. */
export function reducedEvent({ timeNano, type, action, actorId, attributes }: EngineEvent): EngineEvent {
  return {
    timeNano,
    // The whole command stands in the action of an `exec`; of all these, only the beginning is looked at.
    type: cutText(type),
    action: cutText(action),
    actorId: cutText(actorId),
    attributes: usedAttributes(attributes),
  };
}

/** All labels are among them. A text that is longer than any name is none, and left out. */
function usedAttributes(all: EngineEvent["attributes"]): EngineEvent["attributes"] {
  const used: { -readonly [Key in keyof typeof all]: string } = {};
  for (const key of eventAttributes) {
    const text = Object.hasOwn(all, key) ? all[key] : undefined;
    if (text !== undefined && !isCut(text)) used[key] = text;
  }
  return used;
}

/**
 * Nanoseconds since 1970 are beyond 2^53, so JSON.parse would round them. The text cannot be fooled by an attribute:
 * inside a JSON string the quotes of `"timeNano"` would be escaped.
 */
function exactTime(line: string, number: number): bigint {
  const digits = /"timeNano"\s*:\s*(-?\d{1,19})\s*[,}]/.exec(line)?.[1];
  if (digits === undefined) throw malformed(`event line ${number}`, "has no timeNano");
  return BigInt(digits);
}

function malformed(where: string, what: string): Failure {
  return new Failure("engine", `The engine's answer cannot be trusted: ${where} ${what}.`);
}
