import { closeSync, fchmodSync, fsyncSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** A file that was opened beside the one whose place it is to take. */
export interface Draft {
  readonly path: string;
  readonly descriptor: number;
}

/** Writes and closes a draft, and puts it into place, whole and on the disk; where that fails, it is gone. */
export function putInPlace(draft: Draft, path: string, content: string | Buffer, mode: number): void {
  try {
    writeFileSync(draft.descriptor, content);
    // Whatever the umask says.
    fchmodSync(draft.descriptor, mode);
    // After a power loss, an empty file would stand for what there was.
    fsyncSync(draft.descriptor);
    renameSync(draft.path, path);
  } catch (error) {
    rmSync(draft.path, { force: true });
    throw error;
  } finally {
    closeSync(draft.descriptor);
  }
}
