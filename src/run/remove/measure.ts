import { Failure } from "../../core/text/failure.js";
import type { Engine } from "../../engine/port.js";
import type { SizeModel } from "../../core/layers/image-layers.js";
import type { Plan } from "../../core/plan/plan.js";
import type { Execution, Removals } from "./removal-result.js";

/** How the engine's own account of its images' bytes is read: not at all, after the removals, or on both sides of them. */
export type AccountReading =
  | { readonly kind: "unread" | "before-and-after" }
  /** `beforeBytes`: what it said before, as the layers tell. */
  | { readonly kind: "after"; readonly beforeBytes: number };

/**
 * Where all layers are known, their sum is the account to the byte, so it is read once. The containerd store makes it as slowly
 * as a listing, and counts what is no image: there only its change says something, and only to a quota that goes by estimates.
 */
export function accountReadingOf({ removals, keeps, beforeBytes }: Plan, sizes: SizeModel): AccountReading {
  const isExact = [...removals, ...keeps].every(({ facts }) => facts.exact);
  if (sizes !== "layers-and-content")
    return isExact ? { kind: "after", beforeBytes } : { kind: "before-and-after" };
  const isForQuota = removals.some(({ verdict }) => verdict.reasons.some((reason) => reason === "quota"));
  return { kind: isForQuota && !isExact ? "before-and-after" : "unread" };
}

/**
 * Carries out a plan, and compares the engine's own account of its images' bytes with that of before. What it lost is null where
 * the engine keeps no such account, does not give it, or lost no image, and where it is not read. A failed reading stops nothing:
 * no decision hangs on it. It is under way as soon as the removals are over, beside all that is observed after them.
 */
export async function measureFreed(
  engine: Engine,
  account: AccountReading,
  carryOut: (onRemoved: (removals: Removals) => void) => Promise<Execution>,
): Promise<{ readonly execution: Execution; readonly measuredFreedBytes: number | null }> {
  const before = await beforeBytesOf(engine, account);
  let reading = Promise.resolve<number | null>(null);
  const execution = await carryOut(({ finished, stoppedBy }) => {
    const hasRemoved = finished.some(({ outcome }) => outcome === "removed");
    if (before !== null && hasRemoved && stoppedBy === null) reading = readOwnAccount(engine);
  });
  const after = await reading;
  // Podman 4.3 says 0, whatever there is.
  const isNone = after === 0 && execution.listing.images.size > 0;
  if (before === null || after === null || isNone || execution.stoppedBy !== null) {
    return { execution, measuredFreedBytes: null };
  }
  return { execution, measuredFreedBytes: before - after };
}

async function beforeBytesOf(engine: Engine, account: AccountReading): Promise<number | null> {
  switch (account.kind) {
    case "unread":
      return null;
    case "after":
      return account.beforeBytes;
    case "before-and-after":
      return readOwnAccount(engine);
  }
}

async function readOwnAccount(engine: Engine): Promise<number | null> {
  try {
    return await engine.readImageBytes();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
