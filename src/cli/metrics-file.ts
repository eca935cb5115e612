import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";

/** node_exporter runs as a user of its own. */
const readableByAll = 0o644;

/**
 * Puts metrics into place whole: whoever reads the file sees the old ones or the new ones. They are written to a file
 * beside it, whose name the collector passes over (it reads `*.prom`), and which must not be there: so a link that somebody has
 * planted in the folder is never followed, neither under that name nor, as it is replaced, under the file's own.
 */
export function placeMetrics(path: string, text: string): void {
  const draft = `${path}.new`;
  // A killed run may have left one.
  rmSync(draft, { force: true });
  const descriptor = openSync(draft, "wx", readableByAll);
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

/** What was written before; empty where there is no file to read. A pipe that somebody has planted is not waited for. */
export function readMetrics(path: string): string {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return fstatSync(descriptor).isFile() ? readFileSync(descriptor, "utf8") : "";
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}
