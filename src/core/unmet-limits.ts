import type { HeldBytes } from "./bytes-held.js";
import { whoHoldsTheBytes } from "./bytes-held.js";
import type { Filesystem } from "./filesystem.js";
import type { Plan } from "./plan.js";
import type { Policy } from "./policy.js";

/** A limit that is not met although everything that may go is gone, and who holds the bytes of the images. */
export type UnmetLimit =
  | {
      readonly limit: "quota";
      readonly limitBytes: number;
      /** Bytes that stay. */
      readonly remainingBytes: number;
      readonly holders: readonly HeldBytes[];
    }
  | {
      readonly limit: "min-free";
      readonly limitBytes: number;
      readonly freeBytes: number;
      readonly holders: readonly HeldBytes[];
    }
  | {
      readonly limit: "min-free-inodes";
      readonly limitInodes: number;
      readonly freeInodes: number;
      readonly holders: readonly HeldBytes[];
    };

type Verdicts = Pick<Plan, "removals" | "keeps" | "beforeBytes" | "freedBytes">;

/**
 * The limits that a plan cannot meet. How many inodes it frees is not known before: that limit is given up only where
 * nothing would go for it.
 */
export function unmetByPlan(plan: Verdicts, policy: Policy, filesystem: Filesystem | null): UnmetLimit[] {
  const { quotaBytes } = policy;
  const remainingBytes = plan.beforeBytes - plan.freedBytes;
  const unmet: UnmetLimit[] = [];
  if (quotaBytes !== null && remainingBytes > quotaBytes) {
    const holders = whoHoldsTheBytes(plan.keeps);
    unmet.push({ limit: "quota", limitBytes: quotaBytes, remainingBytes, holders });
  }
  if (filesystem === null) return unmet;
  const freeInodes = plan.removals.length > 0 ? Infinity : filesystem.freeInodes;
  const expected = { freeBytes: filesystem.freeBytes + plan.freedBytes, freeInodes };
  return [...unmet, ...unmetOnFilesystem(plan, policy, expected)];
}

/** The limits of a plan after it was carried out: what the filesystem has free is measured then. */
export function unmetAfter(plan: Plan, policy: Policy, filesystem: Filesystem): UnmetLimit[] {
  const deferred = plan.keeps.some(({ verdict }) =>
    verdict.reasons.some((reason) => reason === "max-removals"),
  );
  if (deferred) return [...plan.unmetLimits];
  const unmet = plan.unmetLimits.filter(({ limit }) => limit === "quota");
  return [...unmet, ...unmetOnFilesystem(plan, policy, filesystem)];
}

function unmetOnFilesystem(
  { keeps }: Pick<Plan, "keeps">,
  { minFreeBytes, minFreeInodes }: Policy,
  { freeBytes, freeInodes }: Pick<Filesystem, "freeBytes" | "freeInodes">,
): UnmetLimit[] {
  const unmet: UnmetLimit[] = [];
  if (minFreeBytes !== null && freeBytes < minFreeBytes) {
    const holders = whoHoldsTheBytes(keeps);
    unmet.push({ limit: "min-free", limitBytes: minFreeBytes, freeBytes, holders });
  }
  if (minFreeInodes !== null && freeInodes < minFreeInodes) {
    const holders = whoHoldsTheBytes(keeps);
    unmet.push({ limit: "min-free-inodes", limitInodes: minFreeInodes, freeInodes, holders });
  }
  return unmet;
}
