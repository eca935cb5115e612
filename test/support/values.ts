import { createHash } from "node:crypto";
import type { ContainerRecord } from "../../src/core/image/container-record.js";
import type { EngineEvent } from "../../src/core/uses/event.js";
import type { ImageFacts, Unpullable } from "../../src/core/facts/image-facts.js";
import type { Container, ContainerId, Image, ImageId } from "../../src/core/image/image.js";
import { parsePattern } from "../../src/core/policy/patterns.js";
import type { Layer } from "../../src/core/layers/layer-set.js";
import type { Limit } from "../../src/core/policy/limits.js";
import { noLimits, type AskedPolicy, type Policy } from "../../src/core/policy/policy.js";

const imageIds = new Map<string, ImageId>();

/** A full image ID that belongs to a short word. Properties ask for the same few a hundred thousand times. */
export function imageId(word: string): ImageId {
  const id = imageIds.get(word) ?? (`sha256:${createHash("sha256").update(word).digest("hex")}` as ImageId);
  imageIds.set(word, id);
  return id;
}

export function containerId(word: string): ContainerId {
  return createHash("sha256").update(`container ${word}`).digest("hex") as ContainerId;
}

/** An image called by its word, with the tag `word:1` unless others are given. */
export function image(word: string, fields: Partial<Image> = {}): Image {
  return {
    id: imageId(word),
    parentId: null,
    tags: [`${word}:1`],
    digests: [],
    labels: {},
    sizeBytes: 10,
    createdAt: null,
    manifests: [],
    ...fields,
  };
}

export function container(word: string, fields: Partial<Container> = {}): Container {
  return {
    id: containerId(word),
    name: word,
    imageId: null,
    manifest: null,
    typedName: null,
    state: "running",
    imageMounts: [],
    ...fields,
  };
}

/** What the ledger knows of a container of these images, by word. */
export function createdFrom(...words: readonly string[]): ContainerRecord {
  return { images: words.map(imageId), manifest: null, typedName: null, mounts: new Map() };
}

export interface FactsRecipe {
  readonly size?: number;
  readonly parent?: string;
  readonly firstSeenAt?: number;
  readonly lastUsedAt?: number;
  readonly idleMs?: number;
  readonly inUse?: boolean;
  readonly retryAt?: number;
  readonly unpullable?: Unpullable;
  readonly inRegistry?: boolean;
  readonly isUntagged?: boolean;
  readonly fields?: Partial<Image>;
}

const layerNumbers = new Map<string, number>();

/** The layer that belongs to a word; another one on another layer. */
export function layer(word: string, bytes: number, below: Layer | null = null): Layer {
  const place = `${word} on ${below?.index ?? "nothing"}`;
  const index = layerNumbers.get(place) ?? layerNumbers.size;
  layerNumbers.set(place, index);
  return { index, bytes, below };
}

/** What a plan is made from; first seen at the beginning of time, used at 0, and a layer of its own. */
export function facts(word: string, recipe: FactsRecipe = {}): ImageFacts {
  const {
    size = 10,
    parent,
    firstSeenAt = 0,
    lastUsedAt = 0,
    idleMs = 0,
    inUse = false,
    retryAt = null,
    unpullable = null,
    inRegistry = true,
    isUntagged = false,
    fields = {},
  } = recipe;
  const parentId = parent === undefined ? null : imageId(parent);
  return {
    image: image(word, { sizeBytes: size, parentId, ...fields }),
    firstSeenAt,
    lastUse: { at: lastUsedAt, kind: "container-end", by: null },
    usedAt: lastUsedAt,
    seenAt: firstSeenAt,
    idleMs,
    observedMsAtLastUse: 0 - idleMs,
    inUseBy: inUse ? [`container:${word}`] : [],
    topLayer: layer(word, size),
    exact: true,
    inRegistry,
    isUntagged,
    taggedAt: null,
    retryAt,
    failedBecause: null,
    unpullable,
  };
}

export interface PolicyRecipe extends Partial<Omit<Policy, "keep" | "only">> {
  readonly keep?: readonly string[];
  readonly only?: readonly string[];
}

/** Everything off unless it is given. */
export function policy({ keep = [], only, ...fields }: PolicyRecipe = {}): Policy {
  const patterns = (texts: readonly string[]) => texts.map((text) => parsePattern(text, "test"));
  return {
    ...noLimits,
    untaggedAgeMs: fields.maxAgeMs ?? null,
    quotaTargetBytes: fields.quotaBytes ?? null,
    ...fields,
    keep: patterns(keep),
    only: only === undefined ? null : patterns(only),
  };
}

/** The same policy as a command line asks for it. */
export function askedPolicy(recipe: PolicyRecipe = {}): AskedPolicy {
  const { quotaBytes, quotaTargetBytes, minFreeBytes, minFreeInodes, ...rules } = policy(recipe);
  const limit = (value: number | null): Limit | null =>
    value === null ? null : { kind: "amount", value, text: String(value), origin: "test" };
  return {
    ...rules,
    limits: {
      quota: limit(quotaBytes),
      quotaTarget: limit(quotaTargetBytes),
      minFree: limit(minFreeBytes),
      minFreeInodes: limit(minFreeInodes),
    },
  };
}

/** An event at a millisecond. */
export function event(
  at: number,
  type: string,
  action: string,
  actorId: string,
  attributes: Readonly<Record<string, string>> = {},
): EngineEvent {
  return { timeNano: BigInt(at) * 1_000_000n, type, action, actorId, attributes };
}
