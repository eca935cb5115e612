import { Failure } from "../../core/text/failure.js";
import type { Engine, OtherBytes } from "../../engine/port.js";
import type { SizeModel } from "../../core/layers/image-layers.js";
import type { Plan } from "../../core/plan/plan.js";
import { isForSpace, isMeasured } from "../../core/rules/limits.js";
import type { Execution, Removals } from "./removal.js";

/** An engine's own account of its images' bytes. */
export interface Account {
  readonly bytes: number;
  /** What of it is in no image; null where that was not asked, or not reported. */
  readonly others: OtherBytes | null;
}

/** What it said before and after removals. */
export interface AccountChange {
  readonly before: Account;
  readonly after: Account;
}

/** How it is read: not at all, after the removals, or on both sides of them, then with what is in no image. */
type AccountReading = "unread" | "after" | "before-and-after" | "before-and-after-with-others";

/**
 * Where all layers are known, their sum is the account to the byte, so it is read once. The containerd store makes it as slowly
 * as a listing, and counts what is no image: it is read only for a limit on bytes that goes by estimates.
 */
function accountReadingOf({ removals, keeps }: Plan, sizes: SizeModel): AccountReading {
  const isExact = [...removals, ...keeps].every(({ facts }) => facts.exact);
  if (sizes !== "layers-and-content") return isExact ? "after" : "before-and-after";
  const isForBytes = removals.some(({ verdict: { reason } }) => isForSpace(reason) && !isMeasured(reason));
  return isForBytes && !isExact ? "before-and-after-with-others" : "unread";
}

/** What the engine accounts to its images before removals; null where that is not asked, or not reported. */
export async function readAccountBefore(
  engine: Engine,
  plan: Plan,
  sizes: SizeModel,
): Promise<Account | null> {
  const reading = accountReadingOf(plan, sizes);
  switch (reading) {
    case "unread":
      return null;
    case "after":
      return { bytes: plan.beforeBytes, others: null };
    case "before-and-after":
      return readAccount(engine, "alone");
    case "before-and-after-with-others":
      return readAccount(engine, "with-others");
  }
}

/** The same after them; null as well where the engine lost no image, or stopped answering. */
export async function readAccountAfter(
  engine: Engine,
  before: Account | null,
  { finished, stoppedBy }: Removals,
): Promise<Account | null> {
  const hasRemoved = finished.some(({ outcome }) => outcome === "removed");
  if (before === null || !hasRemoved || stoppedBy !== null) return null;
  return readAccount(engine, before.others === null ? "alone" : "with-others");
}

/** Null where one of its figures is lacking. */
export function changeBetween(
  before: Account | null,
  after: Account | null,
  { listing, stoppedBy }: Execution,
): AccountChange | null {
  if (before === null || after === null || stoppedBy !== null) return null;
  // Podman 4.3 says 0, whatever there is.
  const isNone = before.bytes === 0 || (after.bytes === 0 && listing.images.size > 0);
  return isNone ? null : { before, after };
}

/** A failed reading stops nothing: no removal hangs on it. */
export async function readAccount(engine: Engine, extent: "alone" | "with-others"): Promise<Account | null> {
  const [bytes, others] = await Promise.all([
    orNull(engine.readImageBytes()),
    extent === "alone" ? null : orNull(engine.readOtherBytes()),
  ]);
  return bytes === null ? null : { bytes, others };
}

async function orNull<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
