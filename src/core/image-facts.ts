import type { EngineRecord } from "./checkpoint.js";
import { retryAt } from "./failed-removals.js";
import type { Image } from "./image.js";
import type { SizeModel } from "./image-layers.js";
import { layersOfAll } from "./image-layers.js";
import type { Layer } from "./layers.js";
import type { Observed } from "./next-record.js";
import type { Use } from "./use.js";

/** What the plan knows of one image. */
export interface ImageFacts {
  readonly image: Image;
  /** Epoch milliseconds. */
  readonly firstSeenAt: number;
  readonly lastUse: Use;
  /** Observed time since the last use, in milliseconds. */
  readonly idleMs: number;
  readonly inUseBy: readonly string[];
  readonly layers: readonly Layer[];
  /** True when the bytes of every set of images with this one are known to the byte. */
  readonly exact: boolean;
  /** When the engine last gave it a name, as far as it was known at first sight; epoch milliseconds. */
  readonly taggedAt: number | null;
  /** When its removal, which failed, is tried again; null when it may be tried now. Epoch milliseconds. */
  readonly retryAt: number | null;
}

/** `record` is the one that already holds this observation. */
export function factsOf(
  record: EngineRecord,
  { listing, holders, observation }: Observed,
  sizes: SizeModel,
): ImageFacts[] {
  const layersOf = layersOfAll(listing.images, record.layers, sizes);
  const facts: ImageFacts[] = [];
  for (const image of listing.images.values()) {
    const known = record.images.get(image.id);
    if (known === undefined) continue;
    facts.push({
      image,
      firstSeenAt: known.firstSeenAt,
      lastUse: { at: known.lastUsedAt, kind: known.lastUseKind, by: known.lastUseBy },
      idleMs: Math.max(0, observation.observedMs - known.observedMsAtLastUse),
      inUseBy: holders.get(image.id) ?? [],
      ...layersOf(image.id),
      taggedAt: record.layers.images.get(image.id)?.taggedAt ?? null,
      retryAt: retryAt(record.failedRemovals.get(image.id), observation.to),
    });
  }
  return facts;
}
