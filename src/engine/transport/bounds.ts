import { Failure } from "../../core/text/failure.js";
import { isCut, knownPart, mostCharacters } from "../../core/text/known-text.js";

const kibi = 1024;
const mebi = 1024 * kibi;

/**
 * What an answer may have, in bytes. No real engine comes near any of these: they keep one that is broken, or not an
 * engine at all, from taking the memory of this host. docs/limits.md says the same.
 */
export const mostBytes = {
  ping: 64 * kibi,
  /** Any one object: the engine, an image, its history. */
  answer: 4 * mebi,
  /** What is said of an error. */
  error: mebi,
  /** One image, container or service of a list, and one event. */
  element: 4 * mebi,
  /** All containers, or all services. A container has 1 to 3 KiB. */
  users: 64 * mebi,
  /** The engine's account of its bytes, which has the list of images in it. */
  account: 256 * mebi,
  /** A log that reaches back for years: 4 million events. */
  events: 1024 * mebi,
  /** In memory that goes with it: whoever has many images has a large list of them. */
  images: Infinity,
} as const;

/** How many events Docker may send at once: it remembers 256, and those that happen meanwhile come on top. */
export const mostDockerEvents = 16_384;

/** Objects and lists inside each other. Engines have five or six. */
export const deepest = 64;

/** Characters of a path: Linux takes no longer ones. */
export const mostPathCharacters = 4096;

/** `4 MiB` */
export function showBytes(bytes: number): string {
  return bytes < mebi ? `${bytes / kibi} KiB` : `${bytes / mebi} MiB`;
}

/** For an answer that goes beyond; `what` begins the sentence: `GET /info has more than 4 MiB`. */
export function beyond(what: string): Failure {
  return new Failure("engine", `The engine's answer cannot be trusted: ${what}, as no engine's has.`);
}

/** See `knownPart`. A copy: a part of a text would keep all of it in memory. */
export function cutText(text: string): string {
  return isCut(text) ? Buffer.from(knownPart(text)).toString() : text;
}

/** What is longer than any reference names no image. */
export function wholeText(text: string): string | null {
  return isCut(text) ? null : text;
}

/** What tells one engine from another cannot be cut. Throws a Failure of code `engine`. */
export function refuseLong(text: string, where: string, most: number = mostCharacters): string {
  if (text.length > most) throw beyond(`${where} has more than ${most} characters`);
  return text;
}
