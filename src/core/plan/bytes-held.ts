import { LayerSet, type Layer } from "../layers/layer-set.js";
import type { PlannedImage, PlannedKeep } from "./planned-image.js";
import type { HeldPlace } from "../rules/keep-rule.js";
import { byStrength, placeOf, type KeepReason } from "../rules/keep-rules.js";
import type { KeepVerdict } from "../rules/verdict.js";

export interface HeldBytes {
  readonly reason: KeepReason;
  readonly bytes: number;
}

/** All bytes of an engine's images, each in one place. */
export interface BytesHeld extends Readonly<Record<HeldPlace, number>> {
  /** In layers that several images share, of those that have to stay. */
  readonly shared: number;
  /** In layers of no image that has to stay. */
  readonly free: number;
}

/** What keeps these images, largest first. Each byte counts once, for the strongest reason that holds it. */
export function whoHoldsTheBytes(keeps: readonly PlannedKeep[]): HeldBytes[] {
  const counted = new LayerSet();
  const bytes = new Map<KeepReason, number>();
  for (const { facts, reason } of byStrongestReason(keeps)) {
    bytes.set(reason, (bytes.get(reason) ?? 0) + counted.add(facts.topLayer));
  }
  return [...bytes]
    .map(([reason, held]): HeldBytes => ({ reason, bytes: held }))
    .filter((held) => held.bytes > 0)
    .sort((first, second) => second.bytes - first.bytes);
}

/** What stays, each image with the strongest reason that keeps it, the strongest of all first. */
export function byStrongestReason(
  keeps: readonly PlannedKeep[],
): { readonly facts: PlannedImage["facts"]; readonly reason: KeepReason }[] {
  const ranked = keeps.map(({ facts, verdict }) => ({ facts, rank: rankOf(verdict) }));
  return ranked
    .sort((first, second) => first.rank - second.rank)
    .flatMap(({ facts, rank }) => {
      const reason = byStrength[rank];
      return reason === undefined ? [] : [{ facts, reason }];
    });
}

/** Where the bytes of all images are, `totalBytes` together. */
export function whereTheBytesAre(keeps: readonly PlannedKeep[], totalBytes: number): BytesHeld {
  const held: Record<HeldPlace | "shared", number> = { inUse: 0, byRule: 0, recent: 0, shared: 0 };
  const places: (HeldPlace | "shared" | null)[] = [];
  const visitedBy: number[] = [];
  const putInto = (place: HeldPlace, from: Layer | null, image: number): void => {
    for (let layer = from; layer !== null; layer = layer.below) {
      // An array with holes would be a table, and several times slower.
      while (places.length <= layer.index) {
        places.push(null);
        visitedBy.push(-1);
      }
      const found = places[layer.index] ?? null;
      // What is below a shared layer is shared already; and one image may need something in several ways.
      if (found === "shared" || visitedBy[layer.index] === image) return;
      visitedBy[layer.index] = image;
      if (found !== null) held[found] -= layer.bytes;
      const next: HeldPlace | "shared" = found === null ? place : "shared";
      held[next] += layer.bytes;
      places[layer.index] = next;
      if (layer.besides !== undefined) for (const other of layer.besides) putInto(place, other, image);
    }
  };
  for (const [image, { facts, verdict }] of keeps.entries()) {
    const reason = byStrength[rankOf(verdict)];
    const place = reason === undefined ? null : placeOf(reason);
    if (place !== null) putInto(place, facts.topLayer, image);
  }
  return { ...held, free: Object.values(held).reduce((free, bytes) => free - bytes, totalBytes) };
}

/** The place of its strongest reason among all, 0 for the strongest. */
function rankOf({ reasons }: KeepVerdict): number {
  return byStrength.findIndex((reason) => reasons.includes(reason));
}

/** What would be free if one of these images alone were gone. */
export function ownBytesOf(images: readonly PlannedImage[]): (facts: PlannedImage["facts"]) => number {
  const all = new LayerSet();
  for (const { facts } of images) all.add(facts.topLayer);
  return ({ topLayer }) => {
    const bytes = all.remove(topLayer);
    all.add(topLayer);
    return bytes;
  };
}
