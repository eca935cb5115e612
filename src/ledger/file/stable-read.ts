const attempts = 10;
const pauseMs = 50;

/**
 * Reads something that others may change meanwhile: again, until the fingerprint is the same before and after.
 * Undefined when it never was, after half a second.
 */
export function readStable<T>(fingerprint: () => string, read: () => T, pause = block): T | undefined {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = fingerprint();
    const content = read();
    if (fingerprint() === before) {
      return content;
    }
    pause();
  }
  return undefined;
}

/** Blocks: the ledger's interface is synchronous, and a checkpoint under way ends within a few milliseconds. */
function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}
