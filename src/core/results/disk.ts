import type { ImageFacts } from "../facts/image-facts.js";
import { LayerSet } from "../layers/layer-set.js";
import type { ImageId } from "../image/image.js";
import { append } from "../text/append.js";

/** What lies on an engine's disk besides images. Bytes are those of the engine's own account, times epoch milliseconds. */
export const diskKinds = ["containers", "volumes", "build-cache"] as const;

export type DiskKind = (typeof diskKinds)[number];

/** An ended container: created and never started, exited, or dead. Its image stays for its sake. */
export interface EndedContainer {
  readonly imageId: ImageId | null;
  readonly createdAt: number;
}

/** All of one kind, and what of it nobody uses now. */
export interface DiskAccount {
  readonly count: number;
  readonly bytes: number;
  readonly unusedCount: number;
  readonly unusedBytes: number;
  /** Of containers alone; empty for the others. */
  readonly ended: readonly EndedContainer[];
}

/** What an engine reports of a kind; where it reports nothing, `because` completes a sentence. */
export type DiskAnswer =
  | { readonly kind: "known"; readonly account: DiskAccount }
  | { readonly kind: "unknown"; readonly because: string };

export interface HeldByEnded {
  readonly containers: number;
  readonly images: number;
  /** Of layers that only such images have. */
  readonly bytes: number;
  /** When the first of these containers was created, and the last one. */
  readonly oldestAt: number;
  readonly newestAt: number;
}

export interface DiskUse {
  readonly parts: readonly { readonly kind: DiskKind; readonly answer: DiskAnswer }[];
  /** Null where no image stays for an ended container alone. */
  readonly held: HeldByEnded | null;
}

/** Images that would be in no use without the ended containers; one that another container or a service uses is not. */
export function heldByEnded(
  ended: readonly EndedContainer[],
  images: readonly ImageFacts[],
): HeldByEnded | null {
  const perImage = new Map<ImageId | null, EndedContainer[]>();
  for (const each of ended) append(perImage, each.imageId, each);
  const all = new LayerSet();
  for (const { topLayer } of images) all.add(topLayer);
  const held = images.filter(
    ({ image, inUseBy }) => inUseBy.length > 0 && inUseBy.length === perImage.get(image.id)?.length,
  );
  if (held.length === 0) return null;
  const containers = held.flatMap(({ image }) => perImage.get(image.id) ?? []);
  const createdAt = containers.map((each) => each.createdAt).sort((first, second) => first - second);
  return {
    containers: containers.length,
    images: held.length,
    bytes: held.reduce((sum, { topLayer }) => sum + all.remove(topLayer), 0),
    oldestAt: createdAt[0] ?? 0,
    newestAt: createdAt.at(-1) ?? 0,
  };
}
