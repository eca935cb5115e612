import { ownBytesOf, whoHoldsTheBytes, type HeldBytes } from "./bytes-held.js";
import type { Image, ImageId } from "../image/image.js";
import type { PlannedImages, PlannedKeep } from "./planned-image.js";
import type { Policy } from "../policy/policy.js";
import type { InVain, LimitState, Shortfall } from "../rules/limit.js";
import { unmetFigures, type UnmetFigures } from "../rules/limits.js";
import { waitsUntil, type Space } from "../uses/vain-removals.js";

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
export type UnmetLimit = WhatStays & (UnmetFigures | ShareExceeded);

interface ShareExceeded {
  readonly limit: "max-removed-share";
  readonly limitPercent: number;
  /** Images that would go, of how many. */
  readonly plannedImages: number;
  readonly images: number;
}

/** What is left of an engine's images, each with why it is. */
export interface Remains {
  readonly staying: readonly PlannedKeep[];
  /** Bytes of all of them. */
  readonly bytes: number;
  /** Bytes of what went. */
  readonly freedBytes: number;
  /** What was said of those that could not be removed. */
  readonly details: ReadonlyMap<ImageId, string | null>;
  readonly shortfall?: Shortfall;
}

/** What keeps a plan from being carried out, as it removes too large a share of all images; null where nothing does. */
export function shareExceeded(
  plannedImages: number,
  images: number,
  { maxRemovedShare: limitPercent }: Policy,
): UnmetLimit | null {
  if (limitPercent === null || 100 * plannedImages <= limitPercent * images) return null;
  return { limit: "max-removed-share", limitPercent, plannedImages, images, holders: [], inTheWay: [] };
}

/**
 * The limits that a plan cannot meet. How many inodes it frees is not known before: that limit is given up only where
 * nothing would go for it.
 */
export function unmetByPlan(
  plan: PlannedImages,
  policy: Policy,
  filesystem: Space | null,
  now: number,
): UnmetLimit[] {
  const expected = filesystem && {
    inVain: filesystem.inVain ?? null,
    freeBytes: filesystem.freeBytes + plan.freedBytes,
    freeInodes: plan.removals.length > 0 ? Infinity : filesystem.freeInodes,
  };
  const bytes = plan.beforeBytes - plan.freedBytes;
  return unmetWith(
    { staying: plan.keeps, bytes, freedBytes: plan.freedBytes, details: new Map() },
    policy,
    expected,
    now,
  );
}

/** The limits that are not met with what is left, and so much free; null where no limit asks for that. */
export function unmetWith(
  remains: Remains,
  policy: Policy,
  free: Pick<Space, "freeBytes" | "freeInodes" | "inVain"> | null,
  now: number,
): UnmetLimit[] {
  const { staying, bytes: remainingBytes, freedBytes, shortfall } = remains;
  const state: LimitState = {
    policy,
    remainingBytes,
    freedBytes,
    free,
    inVain: inVainOf(free?.inVain, now),
    ...(shortfall === undefined ? {} : { shortfall }),
  };
  const unmet = unmetFigures(state);
  if (unmet.length === 0) return [];
  const what: WhatStays = { holders: whoHoldsTheBytes(staying), inTheWay: imagesInTheWay(remains) };
  return unmet.map((figures) => ({ ...figures, ...what }));
}

function inVainOf(known: Space["inVain"], now: number): InVain | null {
  const retryAt = waitsUntil(known, now);
  if (known == null || retryAt === null) return null;
  return { removals: known.removals, expectedBytes: known.expectedBytes, retryAt };
}

function imagesInTheWay({ staying, details }: Remains): ImageInTheWay[] {
  const stuck = staying.filter(({ verdict }) => verdict.reasons[0] === "failed-before");
  if (stuck.length === 0) return [];
  const bytesOf = ownBytesOf(staying);
  return stuck
    .map(({ facts }): ImageInTheWay => {
      const { image } = facts;
      return { image, bytes: bytesOf(facts), detail: details.get(image.id) ?? facts.failedBecause };
    })
    .sort((first, second) => second.bytes - first.bytes);
}
