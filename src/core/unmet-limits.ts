import type { HeldBytes } from "./bytes-held.js";
import { ownBytesOf, whoHoldsTheBytes } from "./bytes-held.js";
import type { Filesystem } from "./filesystem.js";
import type { Image, ImageId } from "./image.js";
import type { Plan, PlannedImage } from "./plan.js";
import type { Policy } from "./policy.js";

/** An image that is to go and that the engine does not give away. */
export interface ImageInTheWay {
  readonly image: Image;
  /** Why it did not go; null where that is not known. */
  readonly detail: string | null;
  /** Bytes that would be free if it alone were gone. */
  readonly bytes: number;
}

interface WhatStays {
  /** Who holds the bytes of the images. */
  readonly holders: readonly HeldBytes[];
  /** The largest first. */
  readonly inTheWay: readonly ImageInTheWay[];
}

/** A limit that is not met although everything that may go is gone, or does not go. */
export type UnmetLimit = WhatStays &
  (
    | {
        readonly limit: "quota";
        readonly limitBytes: number;
        /** Bytes that stay. */
        readonly remainingBytes: number;
      }
    | { readonly limit: "min-free"; readonly limitBytes: number; readonly freeBytes: number }
    | { readonly limit: "min-free-inodes"; readonly limitInodes: number; readonly freeInodes: number }
  );

/** What is left of an engine's images, each with why it is. */
export interface Remains {
  readonly staying: readonly PlannedImage[];
  /** Bytes of all of them. */
  readonly bytes: number;
  /** What was said of those that could not be removed. */
  readonly details: ReadonlyMap<ImageId, string | null>;
}

/**
 * The limits that a plan cannot meet. How many inodes it frees is not known before: that limit is given up only where
 * nothing would go for it.
 */
export function unmetByPlan(
  plan: Pick<Plan, "removals" | "keeps" | "beforeBytes" | "freedBytes">,
  policy: Policy,
  filesystem: Filesystem | null,
): UnmetLimit[] {
  const expected = filesystem && {
    freeBytes: filesystem.freeBytes + plan.freedBytes,
    freeInodes: plan.removals.length > 0 ? Infinity : filesystem.freeInodes,
  };
  const bytes = plan.beforeBytes - plan.freedBytes;
  return unmetWith({ staying: plan.keeps, bytes, details: new Map() }, policy, expected);
}

/** The limits that are not met with what is left, and so much free; null where no limit asks for that. */
export function unmetWith(
  remains: Remains,
  { quotaBytes, minFreeBytes, minFreeInodes }: Policy,
  free: Pick<Filesystem, "freeBytes" | "freeInodes"> | null,
): UnmetLimit[] {
  const { staying, bytes: remainingBytes } = remains;
  const isOver = quotaBytes !== null && remainingBytes > quotaBytes;
  const lacksBytes = free !== null && minFreeBytes !== null && free.freeBytes < minFreeBytes;
  const lacksInodes = free !== null && minFreeInodes !== null && free.freeInodes < minFreeInodes;
  if (!isOver && !lacksBytes && !lacksInodes) return [];
  const what: WhatStays = { holders: whoHoldsTheBytes(staying), inTheWay: imagesInTheWay(remains) };
  const unmet: UnmetLimit[] = [];
  if (isOver) unmet.push({ limit: "quota", limitBytes: quotaBytes, remainingBytes, ...what });
  if (lacksBytes)
    unmet.push({ limit: "min-free", limitBytes: minFreeBytes, freeBytes: free.freeBytes, ...what });
  if (lacksInodes)
    unmet.push({
      limit: "min-free-inodes",
      limitInodes: minFreeInodes,
      freeInodes: free.freeInodes,
      ...what,
    });
  return unmet;
}

function imagesInTheWay({ staying, details }: Remains): ImageInTheWay[] {
  const stuck = staying.filter(({ verdict }) => verdict.reasons[0] === "failed-before");
  if (stuck.length === 0) return [];
  const bytesOf = ownBytesOf(staying);
  return stuck
    .map(({ facts }): ImageInTheWay => {
      const { image } = facts;
      return { image, bytes: bytesOf(facts), detail: details.get(image.id) ?? null };
    })
    .sort((first, second) => second.bytes - first.bytes);
}
