import { resolve } from "node:path";
import { Failure } from "../core/text/failure.js";

/** A path from the root on. Throws a Failure of code `usage` for one that begins in a folder that somebody has removed. */
export function absolutePath(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    const gone = `${JSON.stringify(path)} begins in the current folder, and that is gone`;
    throw new Failure("usage", `${gone}; name the file by its full path, or change to another folder.`, {
      cause: error,
    });
  }
}
