import { Failure } from "../../core/text/failure.js";
import type { Engine } from "../../engine/port.js";
import type { Execution } from "./execute.js";
import type { Removals } from "./removals.js";

/**
 * Carries out a plan between two readings of the engine's own account of its images' bytes. What it lost is null where
 * the engine keeps no such account, does not give it, or lost no image. A failed reading stops nothing: no decision
 * hangs on it. It takes the engine as long as a listing, so the second one is under way as soon as the removals are
 * over, beside all that is observed after them.
 */
export async function measureFreed(
  engine: Engine,
  carryOut: (onRemoved: (removals: Removals) => void) => Promise<Execution>,
): Promise<{ readonly execution: Execution; readonly measuredFreedBytes: number | null }> {
  const told = await readOwnAccount(engine);
  // Podman 4.3 says 0, whatever there is.
  const before = told === 0 ? null : told;
  let reading = Promise.resolve<number | null>(null);
  const execution = await carryOut(({ finished, stoppedBy }) => {
    const hasRemoved = finished.some(({ outcome }) => outcome === "removed");
    if (before !== null && hasRemoved && stoppedBy === null) reading = readOwnAccount(engine);
  });
  const after = await reading;
  if (before === null || after === null || execution.stoppedBy !== null) {
    return { execution, measuredFreedBytes: null };
  }
  return { execution, measuredFreedBytes: before - after };
}

async function readOwnAccount(engine: Engine): Promise<number | null> {
  try {
    return await engine.readImageBytes();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
