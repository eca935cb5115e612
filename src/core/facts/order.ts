import type { ImageFacts } from "./image-facts.js";
import type { ImageId } from "../image/image.js";

/** An image with its place among its parents and children. */
export interface RankedImage {
  readonly facts: ImageFacts;
  /** Number of ancestors that are present. */
  readonly depth: number;
  /** `ImageFacts.usedAt`; a parent is as recently used as the most recently used image built on it. */
  readonly lastUsedAt: number;
  /** Milliseconds; likewise. */
  readonly idleMs: number;
}

export interface RemovalOrder {
  readonly order: readonly RankedImage[];
  /** Of each of them among the facts that were put in order. */
  readonly places: Uint32Array;
}

/** All images in the order in which they would go: least recently used first, and every child before its parents. */
export function removalOrder(images: readonly ImageFacts[]): RemovalOrder {
  const ranked = images.map((facts): Mutable<RankedImage> => {
    return { facts, depth: 0, lastUsedAt: facts.usedAt, idleMs: facts.idleMs };
  });
  // Only the classic builder and `docker commit` record parents.
  if (images.some(({ image }) => image.parentId !== null)) {
    measureDepths(ranked);
    followChildren(ranked, (parent, child) => {
      parent.lastUsedAt = Math.max(parent.lastUsedAt, child.lastUsedAt);
      parent.idleMs = Math.min(parent.idleMs, child.idleMs);
    });
  }
  const at = (place: number) => ranked[place] as RankedImage;
  const places = Uint32Array.from(ranked.keys()).sort((first, second) =>
    compareForRemoval(at(first), at(second)),
  );
  return { order: Array.from(places, at), places };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function measureDepths(images: readonly Mutable<RankedImage>[]): void {
  const present = new Map(images.map(({ facts }) => [facts.image.id, facts]));
  const depths = new Map<ImageId, number>();
  for (const { facts } of images) {
    if (facts.image.parentId === null || depths.has(facts.image.id)) continue;
    const ancestors = ancestorsOf(facts, present);
    for (const [distance, { image }] of [facts, ...ancestors].entries())
      if (!depths.has(image.id)) depths.set(image.id, ancestors.length - distance);
  }
  for (const image of images) image.depth = depths.get(image.facts.image.id) ?? 0;
}

/** Gives every parent what it has of what is built on it: deepest first, so that a grandchild reaches the grandparent. */
export function followChildren<Ranked extends RankedImage>(
  images: readonly Ranked[],
  give: (parent: Ranked, child: Ranked) => void,
): void {
  const children = images.filter(({ depth }) => depth > 0);
  if (children.length === 0) return;
  const ranked = new Map(images.map((image) => [image.facts.image.id, image]));
  for (const child of children.sort((first, second) => second.depth - first.depth)) {
    const { parentId } = child.facts.image;
    const parent = parentId === null ? undefined : ranked.get(parentId);
    if (parent !== undefined && parent.depth < child.depth) give(parent, child);
  }
}

/**
 * Total: the ID decides in the end. When an image was built or tagged decides only between images of the same last use:
 * all those that a first run finds.
 */
function compareForRemoval(first: RankedImage, second: RankedImage): number {
  return (
    first.lastUsedAt - second.lastUsedAt ||
    second.depth - first.depth ||
    first.facts.seenAt - second.facts.seenAt ||
    madeAt(first.facts) - madeAt(second.facts) ||
    (first.facts.image.id < second.facts.image.id ? -1 : 1)
  );
}

function madeAt({ image, taggedAt }: ImageFacts): number {
  return Math.max(image.createdAt ?? 0, taggedAt ?? 0);
}

/** The ancestors of an image that are present, nearest first. A cycle, which no engine makes, ends the list. */
export function ancestorsOf(facts: ImageFacts, present: ReadonlyMap<ImageId, ImageFacts>): ImageFacts[] {
  const ancestors: ImageFacts[] = [];
  const seen = new Set<ImageId>([facts.image.id]);
  let next = facts.image.parentId;
  while (next !== null && !seen.has(next)) {
    seen.add(next);
    const parent = present.get(next);
    if (parent === undefined) break;
    ancestors.push(parent);
    next = parent.image.parentId;
  }
  return ancestors;
}
