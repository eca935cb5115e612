import { Failure } from "../../core/text/failure.js";
import type { Engine } from "../../engine/port.js";
import type { SizeModel } from "../../core/layers/image-layers.js";
import type { Plan } from "../../core/plan/plan.js";
import type { Execution, Removals } from "./removal.js";

/** How the engine's own account of its images' bytes is read: not at all, after the removals, or on both sides of them. */
type AccountReading = "unread" | "after" | "before-and-after";

/**
 * Where all layers are known, their sum is the account to the byte, so it is read once. The containerd store makes it as slowly
 * as a listing, and counts what is no image: there only its change says something, and only to a quota that goes by estimates.
 */
function accountReadingOf({ removals, keeps }: Plan, sizes: SizeModel): AccountReading {
  const isExact = [...removals, ...keeps].every(({ facts }) => facts.exact);
  if (sizes !== "layers-and-content") return isExact ? "after" : "before-and-after";
  const isForQuota = removals.some(({ verdict }) => verdict.reasons.some((reason) => reason === "quota"));
  return isForQuota && !isExact ? "before-and-after" : "unread";
}

/** What the engine accounts to its images before removals; null where that is not asked, or not told. */
export async function readAccountBefore(
  engine: Engine,
  plan: Plan,
  sizes: SizeModel,
): Promise<number | null> {
  const reading = accountReadingOf(plan, sizes);
  if (reading === "unread") return null;
  return reading === "after" ? plan.beforeBytes : readAccount(engine);
}

/** The same after them; null as well where the engine lost no image, or stopped answering. */
export async function readAccountAfter(
  engine: Engine,
  before: number | null,
  { finished, stoppedBy }: Removals,
): Promise<number | null> {
  const hasRemoved = finished.some(({ outcome }) => outcome === "removed");
  return before !== null && hasRemoved && stoppedBy === null ? readAccount(engine) : null;
}

/** The engine's own account of what it lost; null where one of its figures is lacking. */
export function freedBetween(
  before: number | null,
  after: number | null,
  { listing, stoppedBy }: Execution,
): number | null {
  // Podman 4.3 says 0, whatever there is.
  const isNone = after === 0 && listing.images.size > 0;
  if (before === null || after === null || isNone || stoppedBy !== null) return null;
  return before - after;
}

/** A failed reading stops nothing: no decision hangs on it. */
async function readAccount(engine: Engine): Promise<number | null> {
  try {
    return await engine.readImageBytes();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
