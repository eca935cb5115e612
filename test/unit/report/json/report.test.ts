import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toJson } from "../../../../src/report/formats/json.js";
import { runJson } from "../../../../src/report/json/report.js";
import type { RunReport } from "../../../../src/core/results/run-report.js";
import { arbitraryReport } from "../arbitrary-report.js";
import {
  buildKept,
  buildPolicy,
  buildRemoval,
  buildReport,
  buildRules,
  day,
  expectedUse,
  imageId,
  now,
  second,
} from "../../../support/build-report.js";

const renderJson = (report: RunReport, exitCode: number) => toJson(runJson(report, exitCode));

function parse(text: string): unknown {
  return JSON.parse(text);
}

const report = buildReport({
  mode: "run",
  policy: buildPolicy({ quotaBytes: 5000, quotaTargetBytes: 4000, keep: buildRules("db") }),
  images: [
    buildRemoval(1, ["age"], {
      image: { tags: ["app:1", "app:old"], digests: ["app@sha256:00"], sizeBytes: 3000 },
      idleMs: 9 * day + 999,
      freedBytes: 2500,
      outcome: "failed",
      outcomeDetail: 'the engine said "no"\nand more',
    }),
    buildKept(2, ["in-use", "keep-rule"], {
      image: { tags: ["db:1"], sizeBytes: 700 },
      inUseBy: ["container:db"],
      idleMs: 0,
    }),
  ],
  warnings: ["something"],
});

describe("the JSON document", () => {
  it("has what is expected of an image, in observed time, and null for never", () => {
    const expected = expectedUse({
      expectedMs: Infinity,
      idleMs: 90_500,
      ownMs: 4000,
      repositoryMs: Infinity,
      rhythmMs: 3000,
      compared: { asLong: 211.7, ended: 2.2 },
    });
    const ordered = buildReport({
      choice: { by: "next-use", isFirst: true },
      images: [buildRemoval(1, ["quota"], { expectedUse: expected })],
    });
    const { choice, images } = parse(renderJson(ordered, 0)) as {
      choice: unknown;
      images: readonly { expectedUse: unknown }[];
    };
    expect(choice).toEqual({ by: "next-use", isFirst: true });
    expect(images[0]?.expectedUse).toEqual({
      inSeconds: null,
      idleSeconds: 90,
      ownSeconds: 4,
      repositorySeconds: null,
      rhythmSeconds: 3,
      repository: "docker.io/shop/web",
      untagged: false,
      idleAsLong: 212,
      cameBack: 2,
    });
  });

  it("has every field of the contract, and what only the text would say otherwise", () => {
    expect(parse(renderJson(report, 3))).toEqual({
      schema: 1,
      kind: "run",
      mode: "run",
      engine: {
        id: "6e9b4f0c-0000-4000-8000-000000000001",
        name: "build-01",
        version: "28.0.1",
        apiVersion: "1.48",
        store: "overlay2",
        host: "unix:///var/run/docker.sock",
      },
      startedAt: "2026-01-31T09:59:58.000Z",
      finishedAt: "2026-01-31T10:00:00.000Z",
      policy: {
        maxAgeSeconds: 604800,
        untaggedAgeSeconds: 604800,
        maxVersions: null,
        quotaBytes: 5000,
        quotaTargetBytes: 4000,
        sinceMark: false,
        toFreeBytes: null,
        minFreeBytes: null,
        minFreeInodes: null,
        graceSeconds: 3600,
        keepRecent: 1,
        keepNewest: 0,
        keepLocal: false,
        keepUnpullable: false,
        ignoreKeepLabel: false,
        keepPatterns: ["db"],
        onlyPatterns: null,
        maxRemovals: null,
        maxRemovedPercent: null,
        order: "next-use",
      },
      observation: {
        from: "2026-01-31T09:55:00.000Z",
        to: "2026-01-31T10:00:00.000Z",
        events: 17,
        continuous: true,
        gap: null,
        observedSeconds: 1047600,
      },
      choice: null,
      usage: {
        beforeBytes: 3700,
        beforeSlackBytes: 0,
        plannedFreedBytes: 2500,
        plannedSlackBytes: 0,
        measuredFreedBytes: 0,
        afterBytes: 3700,
        heldBytes: { inUse: 700, byRule: 0, recentOrGrace: 0, shared: 0, free: 3000 },
      },
      filesystem: null,
      images: [
        {
          id: imageId(1),
          refs: ["app:1", "app:old", "app@sha256:00"],
          sizeBytes: 3000,
          freedBytes: 2500,
          exact: true,
          lastUsedAt: "2026-01-29T10:00:00.000Z",
          lastUseKind: "container-end",
          lastUseBy: null,
          idleSeconds: 777600,
          firstSeenAt: "2026-01-11T10:00:00.000Z",
          inUseBy: [],
          matchedKeepPatterns: [],
          alsoNamed: [],
          verdict: "remove",
          reasons: ["age"],
          expectedUse: null,
          retryAt: null,
          unpullable: null,
          outcome: "failed",
          outcomeDetail: 'the engine said "no"\nand more',
        },
        {
          id: imageId(2),
          refs: ["db:1"],
          sizeBytes: 700,
          freedBytes: 0,
          exact: true,
          lastUsedAt: "2026-01-29T10:00:00.000Z",
          lastUseKind: "container-end",
          lastUseBy: null,
          idleSeconds: 0,
          firstSeenAt: "2026-01-11T10:00:00.000Z",
          inUseBy: ["container:db"],
          matchedKeepPatterns: ["db"],
          alsoNamed: [],
          verdict: "keep",
          reasons: ["in-use", "keep-rule"],
          expectedUse: null,
          retryAt: null,
          unpullable: null,
          outcome: null,
          outcomeDetail: null,
        },
      ],
      totals: { images: 2, kept: 1, removed: 0, gone: 0, refused: 0, failed: 1, skipped: 0 },
      afterGrace: null,
      unmetLimits: [],
      interruptedBy: null,
      stoppedBy: null,
      warnings: ["something"],
      exitCode: 3,
    });
  });

  it("says why and until when an image is left alone whose removal failed", () => {
    const images = [buildKept(1, ["failed-before"], { retryAt: now + second })];
    expect(parse(renderJson(buildReport({ images }), 0))).toMatchObject({
      images: [{ verdict: "keep", reasons: ["failed-before"], retryAt: "2026-01-31T10:00:01.000Z" }],
    });
  });

  it("is one document, indented by two, with a newline at its end", () => {
    const text = renderJson(report, 0);
    expect(text.startsWith('{\n  "schema": 1,\n')).toBe(true);
    expect(text.endsWith('"exitCode": 0\n}\n')).toBe(true);
  });

  it.each([
    ["first-run" as const, null, null],
    ["overflow" as const, now - 60 * second, "2026-01-31T09:59:00.000Z"],
  ])("tells a gap of cause %s", (cause, from, iso) => {
    const observation = { from: now, to: now, events: 0, gap: { from, to: now, cause }, observedMs: 0 };
    expect(parse(renderJson(buildReport({ observation }), 0))).toMatchObject({
      observation: { continuous: false, gap: { from: iso, to: "2026-01-31T10:00:00.000Z", cause } },
    });
  });

  it("counts in a dry run what the plan would remove", () => {
    const images = [buildRemoval(1, ["age"]), buildRemoval(2, ["quota"]), buildKept(3, ["recent"])];
    expect(parse(renderJson(buildReport({ images }), 0))).toMatchObject({
      totals: { images: 3, kept: 1, removed: 2, gone: 0, refused: 0, failed: 0, skipped: 0 },
    });
  });

  it("counts in a run every outcome apart, and an image without one as skipped", () => {
    const outcomes = ["removed", "gone", "refused", "failed", "skipped", null] as const;
    const images = outcomes.map((outcome, index) => buildRemoval(index, ["age"], { outcome }));
    expect(parse(renderJson(buildReport({ mode: "run", images }), 0))).toMatchObject({
      totals: { images: 6, kept: 0, removed: 1, gone: 1, refused: 1, failed: 1, skipped: 2 },
    });
  });

  it.each([NaN, Infinity, 1e300])("gives null for the time %d", (at) => {
    const images = [buildKept(1, ["recent"], { lastUse: { at, kind: "pull", by: null }, firstSeenAt: at })];
    expect(parse(renderJson(buildReport({ images, startedAt: at }), 0))).toMatchObject({
      startedAt: null,
      images: [{ lastUsedAt: null, firstSeenAt: null }],
    });
  });

  it("carries hostile names unchanged without writing them raw", () => {
    const tag = "a\u001b[2K\u009b1A\u202e\u2028\u{e0041}b";
    const text = renderJson(
      buildReport({ images: [buildKept(1, ["recent"], { image: { tags: [tag] } })] }),
      0,
    );
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(parse(text)).toMatchObject({ images: [{ refs: [tag] }] });
  });

  it("adds up, and parses, for any report", () => {
    fc.assert(
      fc.property(arbitraryReport, (any) => {
        const { totals } = parse(renderJson(any, 0)) as { totals: Record<string, number> };
        const { images, ...parts } = totals;
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(images);
      }),
    );
  });
});
