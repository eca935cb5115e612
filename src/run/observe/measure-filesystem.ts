import { statfs } from "node:fs/promises";
import type { Filesystem } from "../../core/policy/filesystem.js";

/** Free is what a program that is not root may use: what `df` calls available. */
export async function measureFilesystem(path: string): Promise<Filesystem> {
  const { bsize, blocks, bavail, files, ffree } = await statfs(path);
  return {
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    totalInodes: files,
    freeInodes: ffree,
  };
}
