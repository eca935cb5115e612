import { randomUUID } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
    throw new Error(`what is there is no ${what} of docker-gc; move it away, or name another one`);
  const { draft, descriptor } = openDraft(path, mode);
  try {
    writeFileSync(descriptor, text);
    // Whatever the umask says.
    fchmodSync(descriptor, mode);
    // After a power loss, an empty file would stand for what there was.
    fsyncSync(descriptor);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** By a name that a killed run leaves for the next one to clean up, or, where somebody keeps that taken, by one that nobody can know. */
function openDraft(path: string, mode: number): { readonly draft: string; readonly descriptor: number } {
  const usual = `${path}.new`;
  try {
    rmSync(usual, { force: true });
    return { draft: usual, descriptor: openSync(usual, "wx", mode) };
  } catch {
    const draft = `${path}.${randomUUID()}.new`;
    return { draft, descriptor: openSync(draft, "wx", mode) };
  }
}

/** What was written before; empty where there is no file to read. A pipe that somebody has planted is not waited for. */
export function readFormer(path: string, most: number): string {
  try {
    return readFileNow(path, { most, links: "refused" }).toString("utf8");
  } catch {
    return "";
  }
}
