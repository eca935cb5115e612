import { Failure } from "../core/failure.js";
import type { Engine } from "../engine/port.js";
import type { Execution } from "./execute.js";

/**
 * Carries out a plan between two readings of the engine's own account of its images' bytes. What it lost is null where
 * the engine keeps no such account, does not give it, or lost no image. A failed reading stops nothing: no decision
 * hangs on it.
 */
export async function measureFreed(
  engine: Engine,
  carryOut: () => Promise<Execution>,
): Promise<{ readonly execution: Execution; readonly measuredFreedBytes: number | null }> {
  const before = await readOwnAccount(engine);
  const execution = await carryOut();
  const hasRemoved = execution.finished.some(({ outcome }) => outcome === "removed");
  if (before === null || !hasRemoved || execution.stoppedBy !== null) {
    return { execution, measuredFreedBytes: null };
  }
  const after = await readOwnAccount(engine);
  return { execution, measuredFreedBytes: after === null ? null : before - after };
}

async function readOwnAccount(engine: Engine): Promise<number | null> {
  try {
    return await engine.readImageBytes();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
