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
import { beginsAsMetrics } from "../report/metrics/metrics.js";

/** node_exporter runs as a user of its own. */
const readableByAll = 0o644;

/** A file of ours has some KiB. */
const largestBytes = 1024 * 1024;

/**
 * Puts metrics into place whole: whoever reads the file sees the old ones or the new ones. They are written to a file
 * beside it, whose name the collector passes over (it reads `*.prom`), and which must not be there: so a link that somebody has
 * planted in the folder is never followed. Nothing is replaced but metrics that were written before.
 */
export function placeMetrics(path: string, text: string): void {
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (isThere && !beginsAsMetrics(readMetrics(path)))
    throw new Error("what is there is no metrics file of docker-gc; move it away, or name another one");
  const { draft, descriptor } = openDraft(path);
  try {
    writeFileSync(descriptor, text);
    // Whatever the umask says.
    fchmodSync(descriptor, readableByAll);
    // After a power loss, an empty file would be an error of the collector, for all of its files.
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
function openDraft(path: string): { readonly draft: string; readonly descriptor: number } {
  const usual = `${path}.new`;
  try {
    rmSync(usual, { force: true });
    return { draft: usual, descriptor: openSync(usual, "wx", readableByAll) };
  } catch {
    const draft = `${path}.${randomUUID()}.new`;
    return { draft, descriptor: openSync(draft, "wx", readableByAll) };
  }
}

/** What was written before; empty where there is no file to read. A pipe that somebody has planted is not waited for. */
export function readMetrics(path: string): string {
  try {
    return readFileNow(path, { most: largestBytes, links: "refused" }).toString("utf8");
  } catch {
    return "";
  }
}
