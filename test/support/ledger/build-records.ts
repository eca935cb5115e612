import { noReturnNews } from "../../../src/core/returns/return-news.js";
import type {
  Checkpoint,
  EngineIdentity,
  EngineRecord,
  ImageRecord,
} from "../../../src/core/uses/checkpoint.js";
import type { ContainerRecord } from "../../../src/core/image/container-record.js";
import type { ContainerId, ImageId } from "../../../src/core/image/image.js";
import { emptyLayerRecord } from "../../../src/core/layers/layer-record.js";
import { namesIn } from "../../../src/core/image/name-index.js";
import type { RemovalEntry, RunEntry } from "../../../src/core/results/history.js";
import { nothingListed } from "../../../src/core/image/listing.js";

export const engine: EngineIdentity = { key: "ABCD overlay2 /var/lib/docker" };
export const otherEngine: EngineIdentity = { key: "ABCD overlayfs /var/lib/docker" };

/** 2026-01-31T10:00:00Z. */
export const moment = 1_769_853_600_000;

export function imageId(number: number): ImageId {
  return `sha256:${number.toString(16).padStart(64, "0")}` as ImageId;
}

export function containerId(number: number): ContainerId {
  return number.toString(16).padStart(64, "0") as ContainerId;
}

export function image(changes: Partial<ImageRecord> = {}): ImageRecord {
  return {
    firstSeenAt: moment,
    lastUsedAt: moment,
    lastUseKind: "pull",
    lastUseBy: null,
    observedMsAtLastUse: 0,
    awakeMsAtLastUse: moment,
    awakeMsAtFirstSight: moment,
    inRegistry: false,
    wasTagged: true,
    lastTags: "",
    names: "",
    manifests: "",
    ...changes,
  };
}

export function containerOf(fields: Partial<ContainerRecord> = {}): ContainerRecord {
  return { images: [], manifest: null, typedName: null, mounts: new Map(), ...fields };
}

export function checkpoint(changes: Partial<Checkpoint> = {}): Checkpoint {
  return {
    at: moment,
    // 2^53 nanoseconds are 104 days: every real one is beyond, and this one is odd.
    anchor: { timeNano: 1_769_853_600_123_456_789n, type: "image", action: "pull", actorId: "app:1" },
    observedMs: 86_400_000,
    awakeMs: moment,
    steady: { bootId: "5e1f", elapsedMs: 3_600_000 },
    ...changes,
  };
}

/** Two images, one of them with a name and a container. The index of the names follows from the images. */
export function record(changes: Partial<EngineRecord> = {}): EngineRecord {
  return {
    checkpoint: checkpoint(),
    images: new Map([
      [imageId(1), image({ names: "app:1" })],
      [
        imageId(2),
        image({ lastUseKind: "container-end", lastUseBy: "container:web", observedMsAtLastUse: 7 }),
      ],
    ]),
    listed: nothingListed,
    containers: new Map([[containerId(1), containerOf({ images: [imageId(1)] })]]),
    vanished: new Map(),
    names: namesIn(new Map()),
    layers: emptyLayerRecord,
    failedRemovals: new Map([[imageId(2), { failures: 2, lastFailedAt: moment, detail: null }]]),
    vainRemovals: null,
    warnedRules: new Map([["--keep gone:*", moment]]),
    chosenByNeedAt: null,
    isOfOtherStore: false,
    news: noReturnNews,
    ...changes,
  };
}

/** Many images, all of them last used at the same moment: a torn mixture of two such records shows. */
export function wideRecord(lastUsedAt: number): EngineRecord {
  const images = Array.from({ length: 1000 }, (_, index) => [imageId(index), image({ lastUsedAt })] as const);
  return record({ images: new Map(images), checkpoint: checkpoint({ at: lastUsedAt }) });
}

export function removal(changes: Partial<RemovalEntry> = {}): RemovalEntry {
  return {
    at: moment,
    imageId: imageId(9),
    names: ["app:0"],
    freedBytes: 50 * 2 ** 30,
    reasons: ["age"],
    outcome: "removed",
    detail: null,
    returned: null,
    ...changes,
  };
}

export function run(changes: Partial<RunEntry> = {}): RunEntry {
  return {
    startedAt: moment,
    finishedAt: null,
    exitCode: null,
    observation: { from: moment - 1000, to: moment, events: 3, gap: null, observedMs: 86_400_000 },
    removals: [],
    ...changes,
  };
}
