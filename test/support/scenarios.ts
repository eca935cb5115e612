import type { ImageReport, RunReport } from "../../src/core/results/run-report.js";
import {
  buildImage,
  buildKept,
  buildPolicy,
  buildRemoval,
  buildReport,
  buildRules,
  day,
  expectedUse,
  GiB,
  hour,
  MiB,
  minute,
  now,
} from "./build-report.js";

const goes: readonly ImageReport[] = [
  buildRemoval(1, ["age"], {
    image: { tags: ["registry.example.com/platform/checkout-service:2024.11.3"], sizeBytes: 1.2 * GiB },
    lastUse: { at: now - 9 * day - 3 * hour, kind: "container-end", by: null },
    idleMs: 9 * day + hour,
  }),
  buildRemoval(2, ["age", "quota"], {
    image: { tags: ["api:1.9", "api:old", "api:1"], sizeBytes: 640 * MiB },
    lastUse: { at: now - 8 * day, kind: "pull", by: null },
    idleMs: 7 * day + 22 * hour,
    freedBytes: 580 * MiB,
  }),
  buildRemoval(3, ["quota"], {
    image: { tags: [], sizeBytes: 80 * MiB },
    lastUse: { at: now - 5 * hour, kind: "build", by: null },
    idleMs: 5 * hour,
  }),
];

const stays: readonly ImageReport[] = [
  buildKept(11, ["in-use", "recent"], {
    image: { tags: ["web:3"], sizeBytes: 410 * MiB },
    lastUse: { at: now, kind: "in-use", by: null },
    idleMs: 0,
    inUseBy: ["container:web", "container:web-canary"],
  }),
  buildKept(12, ["grace"], {
    image: { tags: ["ghcr.io/team/tools/linter:nightly"], sizeBytes: 2.1 * GiB },
    lastUse: { at: now - 20 * minute, kind: "first-seen", by: null },
    idleMs: 20 * minute,
  }),
  buildKept(13, ["keep-rule"], {
    image: { tags: ["postgres:16"], digests: [`postgres@sha256:${"ab".repeat(32)}`], sizeBytes: 430 * MiB },
    lastUse: { at: now - 30 * day, kind: "container-create", by: null },
    idleMs: 12 * day,
  }),
  buildKept(14, ["within-limits"], {
    image: { tags: [], digests: [`team/api@sha256:${"cd".repeat(32)}`], sizeBytes: 215 * MiB },
    lastUse: { at: now - 3 * day, kind: "tag", by: null },
    idleMs: 3 * day - 2 * hour,
  }),
];

const policy = buildPolicy({ quotaBytes: 4 * GiB, quotaTargetBytes: 4 * GiB, keep: buildRules("postgres") });

const unused = {
  lastUse: { at: now - 8 * day, kind: "container-end", by: null },
  idleMs: 7 * day + hour,
} as const;

const mixed: readonly ImageReport[] = [
  ...goes.map((image, index): ImageReport => {
    if (index === 1)
      return {
        ...image,
        outcome: "failed",
        outcomeDetail: "The engine says: open layer.tar: input/output error.",
      };
    return { ...image, outcome: "removed" };
  }),
  buildRemoval(4, ["age"], {
    ...unused,
    image: { tags: ["batch:7"] },
    outcome: "refused",
    outcomeDetail: "It is in use now by container:nightly.",
  }),
  buildRemoval(5, ["age"], { ...unused, image: { tags: ["batch:6"] }, outcome: "gone" }),
  buildRemoval(6, ["age"], {
    ...unused,
    image: { tags: ["batch:5"] },
    outcome: "skipped",
    outcomeDetail: "Its names have changed since the plan.",
  }),
];

/** The reports whose text is kept in golden/, by the name of the file. */
export const scenarios: Readonly<Record<string, RunReport>> = {
  "dry-run": buildReport({ policy, images: [...goes, ...stays] }),
  "mixed-outcomes": buildReport({ mode: "run", policy, images: [...mixed, ...stays] }),
  "first-run": buildReport({
    images: stays.map((image) => ({
      ...image,
      lastUse: {
        at: Math.max(image.lastUse.at, now - 2 * hour),
        kind: image.inUseBy.length > 0 ? "in-use" : "first-seen",
        by: null,
      },
      idleMs: Math.min(image.idleMs, 2 * hour),
      verdict: image.inUseBy.length > 0 ? image.verdict : { kind: "keep", reasons: ["within-limits"] },
    })),
    observation: {
      from: now - 2 * hour,
      to: now,
      events: 3,
      gap: { from: null, to: now - 2 * hour, cause: "first-run" },
      observedMs: 2 * hour,
    },
  }),
  "overflow-gap": buildReport({
    policy,
    images: [...goes.slice(0, 1), ...stays],
    observation: {
      from: now - 4 * minute,
      to: now,
      events: 256,
      gap: { from: now - 70 * minute, to: now - 4 * minute, cause: "overflow" },
      observedMs: 12 * day,
    },
    warnings: ["--keep redis* matches no image."],
  }),
  "nothing-to-do": buildReport({ mode: "run", policy, images: stays }),
  "unmet-quota": buildReport({
    mode: "run",
    policy: buildPolicy({ quotaBytes: 2 * GiB, quotaTargetBytes: 1.5 * GiB, keep: buildRules("postgres") }),
    images: [...goes.map((image): ImageReport => ({ ...image, outcome: "removed" })), ...stays],
    unmetLimits: [
      {
        limit: "quota",
        limitBytes: 2 * GiB,
        remainingBytes: Math.round(3.19 * GiB),
        holders: [
          { reason: "grace", bytes: Math.round(2.1 * GiB) },
          { reason: "keep-rule", bytes: 430 * MiB },
          { reason: "in-use", bytes: 410 * MiB },
          { reason: "failed-before", bytes: 260 * MiB },
        ],
        inTheWay: [
          {
            image: buildImage(40, { tags: ["base:1"] }),
            bytes: 250 * MiB,
            detail: "The engine says: image is in use by an external container (HTTP status 409).",
          },
          { image: buildImage(41, { tags: ["base:2"] }), bytes: 10 * MiB, detail: null },
        ],
      },
    ],
  }),
  "needed-last": buildReport({
    mode: "run",
    policy,
    choice: { by: "next-use", isFirst: true },
    images: [
      buildRemoval(1, ["quota"], {
        image: { tags: ["shop/web:41"], sizeBytes: 640 * MiB },
        idleMs: 3 * day,
        expectedUse: expectedUse({
          expectedMs: 40 * day,
          idleMs: 3 * day,
          compared: { asLong: 211.7, ended: 2.2 },
        }),
        outcome: "removed",
      }),
      buildKept(2, ["within-limits"], {
        image: { tags: ["nightly:1"], sizeBytes: 430 * MiB },
        idleMs: 21 * hour,
        expectedUse: expectedUse({ expectedMs: 3.1 * hour, idleMs: 21 * hour, rhythmMs: day }),
      }),
    ],
  }),
  interrupted: buildReport({
    mode: "run",
    policy,
    images: [
      ...goes.map((image, index): ImageReport => ({
        ...image,
        outcome: index === 0 ? "removed" : null,
      })),
      ...stays,
    ],
    interruptedBy: "SIGTERM",
  }),
  "many-images": buildReport({
    images: Array.from({ length: 34 }, (_, index) =>
      buildKept(100 + index, ["within-limits"], {
        lastUse: { at: now - index * 3 * hour, kind: "load", by: null },
        idleMs: index * 3 * hour,
      }),
    ),
  }),
};
