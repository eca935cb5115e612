import type { EngineRecord } from "./checkpoint.js";
import type { Image, ImageId } from "./image.js";
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
}

/** `record` is the one that already holds this observation. */
export function factsOf(record: EngineRecord, { listing, holders, observation }: Observed): ImageFacts[] {
  const facts: ImageFacts[] = [];
  for (const image of listing.images.values()) {
    const known = record.images.get(image.id);
    if (known === undefined) continue;
    facts.push({
      image,
      firstSeenAt: known.firstSeenAt,
      lastUse: { at: known.lastUsedAt, kind: known.lastUseKind },
      idleMs: Math.max(0, observation.observedMs - known.observedMsAtLastUse),
      inUseBy: holders.get(image.id) ?? [],
      layers: layersOf(image),
    });
  }
  return facts;
}

/**
 * Until an image's layers are known it counts as one layer of its own, so the bytes of a set are the sum of the
 * sizes: never less than the truth, more where layers are shared.
 */
function layersOf(image: Image): readonly Layer[] {
  return [{ chainId: image.id satisfies ImageId, bytes: image.sizeBytes }];
}
