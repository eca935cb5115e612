import { randomUUID } from "node:crypto";
import { lstatSync, openSync, rmSync } from "node:fs";
import { attempt } from "../core/text/attempt.js";
import { putInPlace, type Draft } from "../files/put-in-place.js";
import { readFileNow } from "../files/read-input.js";

/** What may be replaced, and by whom the file is read. */
export interface Placing {
  /** `metrics file`. */
  readonly what: string;
  readonly isOurs: (text: string) => boolean;
  /** Bytes of a former one, at most. */
  readonly mostBytes: number;
  readonly mode: number;
}

/**
 * Puts a file into place whole: whoever reads it sees the old one or the new one. It is written to a file beside it, which must
 * not be there: so a link that somebody has planted in the folder is never followed. Nothing is replaced but what was written before.
 */
export function placeWhole(path: string, text: string, { what, isOurs, mostBytes, mode }: Placing): void {
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (isThere && !isOurs(readFormer(path, mostBytes)))
    throw new Error(`the file there is not a ${what} of docker-gc; move it away, or name another one`);
  putInPlace(openDraft(path, mode), path, text, mode);
}

/** By a name that a killed run leaves for the next one to clean up, or, where somebody keeps that taken, by one that nobody can know. */
function openDraft(path: string, mode: number): Draft {
  const usual = `${path}.new`;
  try {
    rmSync(usual, { force: true });
    return { path: usual, descriptor: openSync(usual, "wx", mode) };
  } catch {
    const unknown = `${path}.${randomUUID()}.new`;
    return { path: unknown, descriptor: openSync(unknown, "wx", mode) };
  }
}

/** What was written before; empty where there is no file to read. A pipe that somebody has planted is not waited for. */
export function readFormer(path: string, most: number): string {
  return attempt(() => readFileNow(path, { most, links: "refused" }).toString("utf8"), "");
}
