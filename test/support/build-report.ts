import type { BytesHeld } from "../../src/core/plan/bytes-held.js";
import { toImageId } from "../../src/core/image/image.js";
import type { Image, ImageId } from "../../src/core/image/image.js";
import type { ImagePattern } from "../../src/core/policy/image-pattern.js";
import type { ExpectedUse } from "../../src/core/returns/next-use.js";
import { noLimits, type Policy } from "../../src/core/policy/policy.js";
import type { ImageReport, RunReport } from "../../src/core/results/run-report.js";
import type { KeepReason } from "../../src/core/rules/keep-rules.js";
import type { RemoveReason } from "../../src/core/policy/removal.js";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;

/** The moment of every built report. */
export const now = Date.parse("2026-01-31T10:00:00.000Z");

/** `sha256:000…0007` for 7. */
export function imageId(number: number): ImageId {
  const id = toImageId(`sha256:${number.toString(16).padStart(12, "0").padEnd(64, "0")}`);
  if (id === null) throw new Error(`${number} makes no image ID`);
  return id;
}

export function buildImage(number: number, overrides: Partial<Image> = {}): Image {
  return {
    id: imageId(number),
    parentId: null,
    tags: [`app:${number}`],
    digests: [],
    labels: {},
    createdAt: null,
    manifests: [],
    ...overrides,
    // 1.2 GiB is no whole number of bytes.
    sizeBytes: Math.round(overrides.sizeBytes ?? 100 * MiB),
  };
}

type ImageParts = Partial<Omit<ImageReport, "image" | "verdict">> & { readonly image?: Partial<Image> };

export function buildKept(
  number: number,
  reasons: readonly KeepReason[],
  parts: ImageParts = {},
): ImageReport {
  return { ...buildUnjudged(number, parts), freedBytes: 0, verdict: { kind: "keep", reasons } };
}

export function buildRemoval(
  number: number,
  reasons: readonly RemoveReason[],
  parts: ImageParts = {},
): ImageReport {
  const unjudged = buildUnjudged(number, parts);
  return { ...unjudged, verdict: { kind: "remove", reasons } };
}

function buildUnjudged(
  number: number,
  { image: imageParts, ...parts }: ImageParts,
): Omit<ImageReport, "verdict"> {
  const image = buildImage(number, imageParts);
  return {
    image,
    firstSeenAt: now - 20 * day,
    lastUse: { at: now - 2 * day, kind: "container-end", by: null },
    idleMs: 2 * day,
    inUseBy: [],
    expectedUse: null,
    freedBytes: image.sizeBytes,
    exact: true,
    retryAt: null,
    unpullable: null,
    outcome: null,
    outcomeDetail: null,
    ...parts,
  };
}

/** Of an image of shop/web with a tag. */
export function expectedUse(changes: Partial<ExpectedUse> = {}): ExpectedUse {
  return {
    expectedMs: day,
    idleMs: day,
    ownMs: day,
    repositoryMs: day,
    rhythmMs: null,
    group: { repository: "docker.io/shop/web", tagState: "tagged" },
    compared: { asLong: 0, ended: 0 },
    ...changes,
  };
}

/** Patterns that match images having a tag that starts with their text. */
export function buildRules(...texts: readonly string[]): ImagePattern[] {
  return texts.map((text) => ({
    text,
    origin: "--keep",
    speaksOf: "names",
    matches: (image) => image.tags.some((tag) => tag.startsWith(text)),
    clues: null,
  }));
}

export function buildPolicy(overrides: Partial<Policy> = {}): Policy {
  return {
    ...noLimits,
    maxAgeMs: 7 * day,
    untaggedAgeMs: overrides.maxAgeMs === undefined ? 7 * day : overrides.maxAgeMs,
    graceMs: hour,
    keepRecent: 1,
    keep: buildRules(),
    ...overrides,
  };
}

/** As if no image shared anything with another. */
function heldBy(images: readonly ImageReport[]): BytesHeld {
  const held = { inUse: 0, byRule: 0, recent: 0, shared: 0, free: 0 };
  for (const { image, verdict } of images) {
    const [reason] = verdict.reasons;
    if (reason === "in-use") held.inUse += image.sizeBytes;
    else if (reason === "keep-rule" || reason === "out-of-scope") held.byRule += image.sizeBytes;
    else if (reason === "recent" || reason === "grace") held.recent += image.sizeBytes;
    else held.free += image.sizeBytes;
  }
  return held;
}

/** A dry run without images, continuous, unless asked otherwise. Sizes follow from the images. */
export function buildReport(overrides: Partial<RunReport> = {}): RunReport {
  const images = overrides.images ?? [];
  const mode = overrides.mode ?? "dry-run";
  const sum = (bytes: (image: ImageReport) => number) =>
    images.reduce((total, image) => total + bytes(image), 0);
  const beforeBytes = sum(({ image }) => image.sizeBytes);
  const removedBytes = sum(({ outcome, freedBytes }) => (outcome === "removed" ? freedBytes : 0));
  return {
    mode,
    engine: {
      id: "6e9b4f0c-0000-4000-8000-000000000001",
      name: "build-01",
      version: "28.0.1",
      apiVersion: "1.48",
      store: "overlay2",
      host: "unix:///var/run/docker.sock",
    },
    startedAt: now - 2 * second,
    finishedAt: now,
    policy: buildPolicy(),
    observation: { from: now - 5 * minute, to: now, events: 17, gap: null, observedMs: 12 * day + 3 * hour },
    usage: {
      beforeBytes,
      beforeSlackBytes: 0,
      plannedSlackBytes: 0,
      plannedFreedBytes: sum(({ verdict, freedBytes }) => (verdict.kind === "remove" ? freedBytes : 0)),
      measuredFreedBytes: mode === "run" ? removedBytes : null,
      afterBytes: mode === "run" ? beforeBytes - removedBytes : null,
      held: heldBy(images),
    },
    choice: null,
    filesystem: null,
    images,
    unmetLimits: [],
    warnings: [],
    gapWarning: null,
    afterGrace: null,
    observedShare: 1,
    interruptedBy: null,
    stoppedBy: null,
    ...overrides,
  };
}
