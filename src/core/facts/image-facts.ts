import type { EngineRecord, ImageRecord } from "../uses/checkpoint.js";
import { retryAt, type FailedRemoval } from "../uses/failed-removals.js";
import type { Image, ImageId } from "../image/image.js";
import { isUntagged } from "../uses/untagged.js";
import { layersOfAll, type SizeModel } from "../layers/image-layers.js";
import type { ImageLayers } from "../layers/layer-scene.js";
import { namesOf } from "../image/name-index.js";
import type { Findings } from "../uses/findings.js";
import type { Use } from "../uses/use.js";

/** What the plan knows of one image. */
export interface ImageFacts extends ImageLayers {
  readonly image: Image;
  /** Epoch milliseconds. */
  readonly firstSeenAt: number;
  readonly lastUse: Use;
  /**
   * When it was last used and first seen, had nobody set a clock and no host slept: what order and grace go by. Epoch
   * milliseconds, counted back from the observation on the clock of time awake.
   */
  readonly usedAt: number;
  readonly seenAt: number;
  /** Observed time since the last use, in milliseconds. */
  readonly idleMs: number;
  /** The observed clock at the last use, in milliseconds. */
  readonly observedMsAtLastUse: number;
  readonly inUseBy: readonly string[];
  /** Whether a registry is known to have it, or to have had it. */
  readonly inRegistry: boolean;
  /** Whether it has no name at all, or had a tag once and has none now: superseded by a pull or a build. */
  readonly isUntagged: boolean;
  /** When the engine last gave it a name, as far as it was known at first sight; epoch milliseconds. */
  readonly taggedAt: number | null;
  /** When its removal, which failed, is tried again; null when it may be tried now. Epoch milliseconds. */
  readonly retryAt: number | null;
  /** Why it failed, one sentence; null where that is not known. */
  readonly failedBecause: string | null;
  /** That no registry had it when it was to go; null where that was not found out within a day. */
  readonly unpullable: Unpullable | null;
}

/** Why an image could not be pulled again. */
export interface Unpullable {
  /** Epoch milliseconds. */
  readonly askedAgainAt: number;
  /** One sentence. */
  readonly detail: string;
}

/** What the facts depend on of the kind of engine. */
export interface EngineTraits {
  readonly imageSizes: SizeModel;
  /**
   * What a name with a digest says. Docker's classic stores give one to an image that was pulled or pushed; the containerd
   * store and Podman give one to every image.
   */
  readonly digestNames: "from-registry" | "always";
}

/** `record` is the one that already holds this observation. */
export function factsOf(
  record: EngineRecord,
  { listing, holders, observation }: Findings,
  traits: EngineTraits,
): ImageFacts[] {
  const layersOf = layersOfAll(listing.images, record.layers, traits.imageSizes);
  const facts: ImageFacts[] = [];
  for (const image of listing.images.values()) {
    const known = record.images.get(image.id);
    if (known === undefined) continue;
    const layers = layersOf(image);
    const waits = waitsOf(record.failedRemovals.get(image.id), observation.to);
    const momentOf = (awakeMs: number) => observation.to - (observation.awakeMs - awakeMs);
    const usedAt = momentOf(known.awakeMsAtLastUse);
    // A stamp of the future is of a clock that was ahead.
    const lastUsedAt = known.lastUsedAt > observation.to ? usedAt : known.lastUsedAt;
    facts.push({
      image: known.lastTags === "" ? image : { ...image, lastTags: namesOf(known.lastTags) },
      firstSeenAt: known.firstSeenAt,
      lastUse: { at: lastUsedAt, kind: known.lastUseKind, by: known.lastUseBy },
      usedAt,
      seenAt: momentOf(known.awakeMsAtFirstSight),
      idleMs: Math.max(0, observation.observedMs - known.observedMsAtLastUse),
      observedMsAtLastUse: known.observedMsAtLastUse,
      inUseBy: holders.get(image.id) ?? [],
      topLayer: layers.topLayer,
      exact: layers.exact,
      inRegistry: isInRegistry(image, known, traits),
      isUntagged: isUntagged(image, known),
      taggedAt: record.layers.images.get(image.id)?.taggedAt ?? null,
      retryAt: waits.retryAt,
      failedBecause: waits.failedBecause,
      unpullable: waits.unpullable,
    });
  }
  return facts;
}

const noWaits = { retryAt: null, failedBecause: null, unpullable: null };

function waitsOf(
  failed: FailedRemoval | undefined,
  now: number,
): Pick<ImageFacts, "retryAt" | "failedBecause" | "unpullable"> {
  if (failed === undefined) return noWaits;
  const until = retryAt(failed, now);
  if (failed.cause !== "registry") return { retryAt: until, failedBecause: failed.detail, unpullable: null };
  const unpullable = until === null ? null : { askedAgainAt: until, detail: failed.detail ?? "" };
  return { retryAt: null, failedBecause: null, unpullable };
}

/**
 * The facts with the tags that a killed run took and that are to be given back: rules go by them already, so that a dry run
 * lists what the next run removes, and no run removes what a name keeps that it could not give back.
 */
export function withMissingTags(
  facts: readonly ImageFacts[],
  missing: ReadonlyMap<ImageId, readonly string[]>,
): readonly ImageFacts[] {
  if (missing.size === 0) return facts;
  return facts.map((each) => {
    const { image } = each;
    const noted = missing.get(image.id) ?? [];
    const missingTags = noted.filter((name) => !name.includes("@") && !image.tags.includes(name));
    if (missingTags.length === 0) return each;
    return { ...each, image: { ...image, missingTags }, isUntagged: false };
  });
}

/** Where a digest proves nothing, only what was seen counts: an image that came before the ledger may be the only one. */
function isInRegistry(
  { digests }: Image,
  { inRegistry }: ImageRecord,
  { digestNames }: EngineTraits,
): boolean {
  return digestNames === "from-registry" ? digests.length > 0 : inRegistry;
}

/** When its grace time began, epoch milliseconds. */
export function graceStart({ seenAt, usedAt }: ImageFacts): number {
  return Math.max(seenAt, usedAt);
}
