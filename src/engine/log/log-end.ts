import { closeSync, fstatSync, readSync } from "node:fs";
import type { EngineEvent } from "../../core/uses/event.js";
import { openInput } from "../../files/open-input.js";
import { mostBytes } from "../transport/bounds.js";
import { parseLogLine } from "./log-line.js";

/** The last events of a log, in its own order. */
export interface LogEnd {
  /** Tells one file from another. */
  readonly file: string;
  readonly events: readonly EngineEvent[];
}

const lineFeed = 0x0a;
const pieceBytes = 64 * 1024;

/** Of more news than in 100,000 lines, the engine may tell, which needs no memory for them. */
const mostNewsBytes = 32 * 1024 * 1024;

/** An event is stamped before it is written, so the log is in the order of its times but for a moment. */
const disorderNano = 60_000_000_000n;

/**
 * What came behind this time, nanoseconds since 1970, read from the file's end on: its length costs nothing. Null where it is no
 * log, has been replaced, or has a last line that is not whole.
 */
export function readLogEnd(path: string, from: bigint): LogEnd | null {
  try {
    const { kind, descriptor } = openInput(path, { links: "followed" });
    try {
      const { dev, ino, nlink, size } = fstatSync(descriptor);
      const isLog = kind === "file" && nlink > 0 && size > 0;
      const newestFirst = isLog ? eventsBackTo(from - disorderNano, descriptor, size) : null;
      return newestFirst && { file: `${dev}:${ino}`, events: behind(from, newestFirst.reverse()) };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Whatever is wrong with a file, the engine itself can be asked.
    return null;
  }
}

/** Newest first. */
function eventsBackTo(earliest: bigint, descriptor: number, size: number): EngineEvent[] | null {
  const events: EngineEvent[] = [];
  /** What was read of a line that begins further in front; it ends with a line feed. */
  let rest: Buffer = Buffer.alloc(0);
  for (let start = size; start > 0;) {
    const end = start;
    start = Math.max(0, end - pieceBytes);
    const piece = readPiece(descriptor, start, end - start);
    if (end === size && piece.at(-1) !== lineFeed) return null;
    const read = Buffer.concat([piece, rest]);
    const firstLine = start === 0 ? 0 : read.indexOf(lineFeed) + 1;
    rest = read.subarray(0, firstLine);
    if (rest.length > mostBytes.element || size - start > mostNewsBytes) return null;
    const lines = read.subarray(firstLine).toString("utf8").split("\n").slice(0, -1);
    for (const line of lines.reverse()) {
      const event = parseLogLine(line);
      if (event.timeNano < earliest) return events;
      events.push(event);
    }
  }
  return events;
}

/** By place: what follows the first event with a later time is news, whatever its stamp. */
function behind(from: bigint, events: readonly EngineEvent[]): readonly EngineEvent[] {
  const first = events.findIndex(({ timeNano }) => timeNano > from);
  return first < 0 ? [] : events.slice(first);
}

function readPiece(descriptor: number, start: number, length: number): Buffer {
  const piece = Buffer.alloc(length);
  if (readSync(descriptor, piece, 0, length, start) < length) throw new Error("the file has been cut");
  return piece;
}
