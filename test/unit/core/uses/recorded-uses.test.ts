import { describe, expect, it } from "vitest";
import type { EngineRecord } from "../../../../src/core/uses/checkpoint.js";
import { emptyRecord } from "../../../../src/core/uses/checkpoint.js";
import type { Image, ImageId } from "../../../../src/core/image/image.js";
import { createListing } from "../../../../src/core/image/listing.js";
import type { Findings } from "../../../../src/core/uses/findings.js";
import { nextRecord } from "../../../../src/core/uses/next-record.js";
import { latestOf, takeOver, type RecordedUse } from "../../../../src/core/uses/recorded-uses.js";
import type { Use } from "../../../../src/core/uses/use.js";
import { image, imageId } from "../../../support/values.js";

const day = 86_400_000;
const now = Date.UTC(2026, 0, 31);
const app = imageId("app");

interface Scene {
  readonly before?: EngineRecord;
  readonly images?: readonly Image[];
  readonly uses?: ReadonlyMap<ImageId, Use>;
  readonly holders?: ReadonlyMap<ImageId, readonly string[]>;
}

/** An observation that covers the last hour. */
function observedIn({ before = emptyRecord, images = [image("app")], uses, holders }: Scene): Findings {
  const from = now - 3_600_000;
  const isFirst = before.checkpoint === null;
  return {
    listing: createListing(images, [], [], now),
    replay: {
      uses: uses ?? new Map(),
      firstUses: new Map(),
      containers: new Map(),
      names: { isKnown: true, moved: new Map() },
      inRegistry: new Set(),
      deleted: new Set(),
      ended: new Set(),
      vanishedNames: new Map(),
    },
    observation: {
      from,
      to: now,
      events: 0,
      gap: isFirst ? { from: null, to: from, cause: "first-run" } : null,
      observedMs: (before.checkpoint?.observedMs ?? 0) + 3_600_000,
      awakeMs: now,
    },
    holders: holders ?? new Map(),
    anchor: null,
    steady: { bootId: "boot", elapsedMs: 0 },
  };
}

/** What becomes of a recorded use of the image `app`: its outcome, its last use, and how long it counts as idle. */
function takenOver(use: RecordedUse | null, scene: Scene = {}) {
  const before = scene.before ?? emptyRecord;
  const observed = observedIn(scene);
  const seen = nextRecord(before, observed);
  const { record, outcomes, absent } = takeOver(before, seen, observed, new Map([[app, use]]));
  const known = record.images.get(app);
  const idleMs = known === undefined ? null : observed.observation.observedMs - known.observedMsAtLastUse;
  return { outcome: outcomes.get(app), at: known?.lastUsedAt, kind: known?.lastUseKind, idleMs, absent };
}

describe("a recorded use", () => {
  it("of an image that nothing else tells of is its last use, and its idle time goes on from there", () => {
    const use = { at: now - 9 * day, until: now };
    expect(takenOver(use)).toEqual({
      outcome: "taken",
      at: use.at,
      kind: "recorded",
      idleMs: 9 * day,
      absent: 0,
    });
  });

  it("does not count the time in which neither tool was there", () => {
    const use = { at: now - 30 * day, until: now - 21 * day };
    // Nine days by the other tool, and the hour that was observed here.
    expect(takenOver(use)).toMatchObject({ outcome: "taken", idleMs: 9 * day + 3_600_000 });
  });

  it("counts nothing where the file knows no later moment", () => {
    const use = { at: now - 30 * day, until: now - 30 * day };
    expect(takenOver(use)).toMatchObject({ outcome: "taken", at: use.at, idleMs: 3_600_000 });
  });

  it("in the future is now", () => {
    const use = { at: now + 5 * day, until: now + 9 * day };
    expect(takenOver(use)).toMatchObject({ outcome: "later", at: now, idleMs: 0 });
  });

  it.each<[string, RecordedUse | null]>([
    ["no use", null],
    ["1970", { at: 0, until: now }],
    ["before the first docker", { at: Date.UTC(2013, 2, 19), until: now }],
  ])("that is %s is left out", (_, use) => {
    expect(takenOver(use)).toMatchObject({ outcome: "no-use", kind: "first-seen", idleMs: 3_600_000 });
  });

  it.each<[string, Scene]>([
    ["is in use now", { holders: new Map([[app, ["container:web"]]]) }],
    ["was used since", { uses: new Map([[app, { at: now - 60_000, kind: "container-end", by: null }]]) }],
    ["was built since", { images: [image("app", { createdAt: now - day })] }],
  ])("does not count for an image that %s", (_, scene) => {
    const use = { at: now - 9 * day, until: now };
    const seen = takenOver(null, scene);
    expect(takenOver(use, scene)).toEqual({ ...seen, outcome: "known" });
  });

  it("never moves the last use of an image that the ledger knows backward, and moves it forward", () => {
    const first = nextRecord(emptyRecord, observedIn({}));
    const before = {
      ...first,
      checkpoint: {
        at: now - 3_600_000,
        anchor: null,
        observedMs: 50,
        awakeMs: now - 3_600_000,
        steady: { bootId: "boot", elapsedMs: 0 },
      },
    };
    const known = before.images.get(app)?.lastUsedAt ?? NaN;
    expect(takenOver({ at: known - 9 * day, until: now }, { before })).toMatchObject({
      outcome: "known",
      at: known,
    });
    expect(takenOver({ at: known, until: now }, { before })).toMatchObject({ outcome: "known", at: known });
    expect(takenOver({ at: now - 60_000, until: now }, { before })).toMatchObject({
      outcome: "later",
      at: now - 60_000,
      idleMs: 60_000,
    });
  });

  it("of an image that came when the ledger had begun is not older than its first sight", () => {
    const checkpoint = {
      at: now - 3_600_000,
      anchor: null,
      observedMs: 50,
      awakeMs: now - 3_600_000,
      steady: { bootId: "boot", elapsedMs: 0 },
    };
    const before = { ...emptyRecord, checkpoint };
    expect(takenOver({ at: now - 9 * day, until: now }, { before })).toMatchObject({
      outcome: "known",
      idleMs: 0,
    });
  });

  it("of an image that the engine does not have is only counted", () => {
    expect(takenOver({ at: now - day, until: now }, { images: [] })).toMatchObject({
      outcome: undefined,
      absent: 1,
    });
  });

  it("of several files is the latest one, whatever their order", () => {
    const files = [
      new Map([[app, { at: 5, until: 9 }]]),
      new Map<ImageId, RecordedUse | null>([[app, null]]),
      new Map([[app, { at: 7, until: 8 }]]),
    ];
    expect(latestOf(files)).toEqual(new Map([[app, { at: 7, until: 8 }]]));
    expect(latestOf(files.toReversed())).toEqual(latestOf(files));
  });
});
