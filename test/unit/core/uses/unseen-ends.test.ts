import { describe, expect, it } from "vitest";
import type { EngineRecord, ImageRecord } from "../../../../src/core/uses/checkpoint.js";
import { emptyRecord } from "../../../../src/core/uses/checkpoint.js";
import type { Container, ContainerId } from "../../../../src/core/image/image.js";
import { createListing } from "../../../../src/core/image/listing.js";
import { joinObservations, missedUntil, type Observation } from "../../../../src/core/uses/observation.js";
import type { Gap } from "../../../../src/core/uses/observation.js";
import { unseenEnds } from "../../../../src/core/uses/unseen-ends.js";
import { container, containerId, createdFrom, image, imageId } from "../../../support/values.js";

const [app, web] = [imageId("app"), containerId("web")];
const checkpointAt = 500;

function row(fields: Partial<ImageRecord>): ImageRecord {
  return {
    firstSeenAt: 100,
    lastUsedAt: checkpointAt,
    lastUseKind: "in-use",
    lastUseBy: "container:web",
    observedMsAtLastUse: 300,
    awakeMsAtLastUse: checkpointAt,
    awakeMsAtFirstSight: 100,
    inRegistry: false,
    wasTagged: true,
    lastTags: "",
    manifests: "",
    names: "app:1",
    ...fields,
  };
}

/** A checkpoint at which `app` was held, at first by the container `web`. */
function heldBy(fields: Partial<ImageRecord> = {}): EngineRecord {
  const steady = { bootId: "boot", elapsedMs: 0 };
  return {
    ...emptyRecord,
    checkpoint: { at: checkpointAt, anchor: null, observedMs: 300, awakeMs: checkpointAt, steady },
    images: new Map([[app, row(fields)]]),
    containers: new Map([[web, createdFrom("app")]]),
  };
}

/** Covers all from 800 to 1000; what came before is missed when there is a gap. */
function observation(cause?: Gap["cause"]): Observation {
  const gap: Gap | null = cause === undefined ? null : { from: checkpointAt, to: 800, cause };
  return { from: gap === null ? checkpointAt : 800, to: 1000, events: 1, gap, observedMs: 500 };
}

interface Scene {
  readonly containers?: readonly Container[];
  readonly ended?: readonly ContainerId[];
}

function endsAfter(record: EngineRecord, seen: Observation, { containers = [], ended = [] }: Scene = {}) {
  const listing = createListing([image("app")], containers, [], 1000);
  return [...unseenEnds(record, { listing, observation: seen, replay: { ended: new Set(ended) } })];
}

describe("a holder that is gone", () => {
  it("after a gap held its image until the covered stretch began, for all one knows", () => {
    const use = { at: 800, kind: "released", by: `container:${web.slice(0, 12)}` };
    expect(endsAfter(heldBy(), observation("overflow"))).toEqual([[app, use]]);
  });

  it("where nothing was missed ended as its event says, and without one just now, for all one knows", () => {
    expect(endsAfter(heldBy(), observation(), { ended: [web] })).toEqual([]);
    const use = { at: 1000, kind: "released", by: `container:${web.slice(0, 12)}` };
    expect(endsAfter(heldBy(), observation())).toEqual([[app, use]]);
    expect(endsAfter(heldBy(), observation("clock"))).toEqual([[app, use]]);
  });

  it("is none that is still listed", () => {
    const containers = [container("web", { imageId: app })];
    expect(endsAfter(heldBy(), observation("restart"), { containers })).toEqual([]);
  });

  it("and is a service, whose end no event tells, held its image until now", () => {
    const use = { at: 1000, kind: "released", by: "service:shop" };
    const record = { ...heldBy({ lastUseBy: use.by }), containers: new Map() };
    expect(endsAfter(record, observation())).toEqual([[app, use]]);
    expect(endsAfter(record, observation("restart"))).toEqual([[app, use]]);
  });

  it.each<[string, Partial<ImageRecord>]>([
    ["that had let it go before the checkpoint", { lastUsedAt: checkpointAt - 1 }],
    ["that had been seen to let it go", { lastUseKind: "released" }],
  ])("is none %s", (_, fields) => {
    const record = { ...heldBy({ lastUseBy: "service:shop", ...fields }), containers: new Map() };
    expect(endsAfter(record, observation())).toEqual([]);
  });
});

describe("the end of what was missed", () => {
  it("is where the covered stretch begins, and there is none where all events are known", () => {
    expect(missedUntil(observation("overflow"))).toBe(800);
    expect(missedUntil(observation())).toBeNull();
  });

  it("is the end of the later of two gaps", () => {
    const later: Observation = { ...observation("restart"), gap: { from: 1000, to: 1200, cause: "restart" } };
    expect(missedUntil(joinObservations(observation("overflow"), later))).toBe(1200);
    expect(missedUntil(joinObservations(observation(), later))).toBe(1200);
    expect(joinObservations(observation("overflow"), later).gap).toEqual({
      from: checkpointAt,
      to: 1200,
      cause: "overflow",
    });
  });

  it("leaves out a step of the clock, which hides no event", () => {
    const stepped: Observation = { ...observation(), gap: { from: 500, to: 900, cause: "clock" } };
    expect(missedUntil(stepped)).toBe(checkpointAt);
  });
});
