import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../src/core/facts/image-facts.js";
import type { Layer } from "../../src/core/layers/layer-set.js";
import { makePlan } from "../../src/core/plan/plan.js";
import { facts, layer, policy } from "../support/values.js";

interface World {
  readonly images: readonly ImageFacts[];
  readonly quotaBytes: number;
  readonly quotaTargetBytes: number;
}

/** Images over a handful of layers, in the order of their last use, the least recent first. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    layers: fc.array(fc.record({ below: fc.nat(8), bytes: fc.integer({ min: 0, max: 20 }) }), {
      minLength: 1,
      maxLength: 8,
    }),
    images: fc.array(fc.record({ top: fc.nat(8), inUse: fc.nat(4) }), { minLength: 1, maxLength: 9 }),
    quotaBytes: fc.integer({ min: 1, max: 90 }),
    below: fc.nat(20),
  })
  .map(({ layers, images, quotaBytes, below }) => {
    const grown = growLayers(layers);
    return {
      images: images.map(({ top, inUse }, index) => ({
        ...facts(`image${index}`, { lastUsedAt: index, inUse: inUse === 0 }),
        topLayer: grown[top] ?? null,
      })),
      quotaBytes,
      quotaTargetBytes: Math.max(1, quotaBytes - below),
    };
  });

/** Each lies on the one at that place, or on nothing where that one is not there yet. */
function growLayers(recipes: readonly { readonly below: number; readonly bytes: number }[]): Layer[] {
  const layers: Layer[] = [];
  for (const { below, bytes } of recipes) {
    layers.push({ index: layers.length, bytes, below: layers[below] ?? null });
  }
  return layers;
}

function chainOf({ topLayer }: ImageFacts): Layer[] {
  const chain: Layer[] = [];
  for (let layer = topLayer; layer !== null; layer = layer.below) chain.push(layer);
  return chain;
}

/** The bytes of a set, from scratch. */
function bytesOf(images: readonly ImageFacts[]): number {
  return [...new Set(images.flatMap(chainOf))].reduce((sum, { bytes }) => sum + bytes, 0);
}

function planOf({ images, quotaBytes, quotaTargetBytes }: World) {
  const plan = makePlan(images, policy({ quotaBytes, quotaTargetBytes }), 1000);
  const kept = new Set(plan.keeps.map((planned) => planned.facts));
  return {
    plan,
    kept: images.filter((each) => kept.has(each)),
    removed: images.filter((each) => !kept.has(each)),
  };
}

/** What is left when the least recently used goes until the rest fits. */
function strictEviction({ images, quotaTargetBytes }: World): readonly ImageFacts[] {
  let left = [...images];
  for (const image of images) {
    if (bytesOf(left) <= quotaTargetBytes) break;
    if (image.inUseBy.length === 0) left = left.filter((each) => each !== image);
  }
  return left;
}

describe("the quota walk, against every rule reckoned from scratch", () => {
  it("keeps a set that fits, that no removed image could join in its turn, and that has all of a strict eviction's", () => {
    let removals = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const { images, quotaBytes, quotaTargetBytes } = world;
        const { plan, kept, removed } = planOf(world);
        const stays = (image: ImageFacts) => image.inUseBy.length > 0;
        removals += removed.length;
        expect(plan.beforeBytes).toBe(bytesOf(images));
        expect(plan.freedBytes).toBe(bytesOf(images) - bytesOf(kept));
        expect(removed.filter(stays)).toEqual([]);
        if (bytesOf(images) <= quotaBytes) {
          expect(removed).toEqual([]);
          return;
        }
        // It fits, or it is no more than what has to stay.
        expect(bytesOf(kept)).toBeLessThanOrEqual(Math.max(quotaTargetBytes, bytesOf(images.filter(stays))));
        const keptBytes = bytesOf(kept);
        const fitting = removed.filter((image) => {
          const turn = images.indexOf(image);
          const before = kept.filter((each) => stays(each) || images.indexOf(each) > turn);
          return bytesOf([...before, image]) <= quotaTargetBytes;
        });
        expect(fitting).toEqual([]);
        const inVain = removed.filter((image) => bytesOf([...kept, image]) <= keptBytes);
        expect(inVain, "a removal that frees nothing").toEqual([]);
        expect(strictEviction(world).filter((image) => !kept.includes(image))).toEqual([]);
      }),
      { numRuns: 12_000 },
    );
    expect(removals).toBeGreaterThan(6_000);
  });

  it("keeps by size alone where nothing is shared", () => {
    const unshared = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
      quotaBytes: fc.integer({ min: 1, max: 150 }),
    });
    fc.assert(
      fc.property(unshared, ({ sizes, quotaBytes }) => {
        const images = sizes.map((size, index) => facts(`image${index}`, { size, lastUsedAt: index }));
        let room = quotaBytes;
        const fitting = images.toReversed().filter(({ image: { sizeBytes } }) => {
          if (sizeBytes > room) return false;
          room -= sizeBytes;
          return true;
        });
        const isOver = sizes.reduce((sum, size) => sum + size, 0) > quotaBytes;
        const { kept } = planOf({ images, quotaBytes, quotaTargetBytes: quotaBytes });
        expect(kept).toEqual(isOver ? fitting.reverse() : images);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("images that share layers", () => {
  const base = layer("base", 1000);
  const image = (word: string, bytes: number, lastUsedAt: number): ImageFacts => ({
    ...facts(word, { lastUsedAt }),
    topLayer: bytes === 0 ? base : layer(word, bytes, base),
  });

  it("are within a quota just under the sum of their sizes, if they share all but a small layer", () => {
    const images = [image("one", 1, 1), image("two", 2, 2)];
    expect(makePlan(images, policy({ quotaBytes: 2002 }), 10).removals).toEqual([]);
  });

  it("stay where they cost nothing, also when what must stay is over the quota", () => {
    const used = { ...image("used", 5, 1), inUseBy: ["container:web"] };
    const plan = makePlan([used, image("free", 0, 2), image("costly", 9, 3)], policy({ quotaBytes: 10 }), 10);
    expect(plan.removals.map((planned) => planned.facts.image.tags)).toEqual([["costly:1"]]);
    expect(plan.unmetLimits).toMatchObject([{ limit: "quota", remainingBytes: 1005 }]);
  });
});
