import type { RemovalProgress } from "../collect/removals.js";
import { imageName } from "../report/image-name.js";
import { progressLine } from "../report/progress.js";
import type { Settings } from "./settings.js";
import type { Output } from "./surroundings.js";

const clearLine = "\r\u001b[K";
const widthIfUnknown = 80;

/** A live counter on a terminal; nothing at all in a pipe, a log or when quiet. */
export function createProgress(
  stderr: Output,
  verbosity: Settings["verbosity"],
): (progress: RemovalProgress) => void {
  if (stderr.isTTY !== true || verbosity === "quiet") return () => undefined;
  const startedAt = performance.now();
  return ({ done, total, freedBytes, current }) => {
    if (current === null) {
      stderr.write(clearLine);
      return;
    }
    const currentName = imageName(current.facts.image);
    const elapsedMs = performance.now() - startedAt;
    const line = progressLine(
      { done, total, freedBytes, currentName, elapsedMs },
      stderr.columns ?? widthIfUnknown,
    );
    stderr.write(`${clearLine}${line}`);
  };
}
