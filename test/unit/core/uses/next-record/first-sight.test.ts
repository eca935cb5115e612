import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../../../src/core/uses/checkpoint.js";
import type { LayerDetails } from "../../../../../src/core/layers/layer-record.js";
import { createListing } from "../../../../../src/core/image/listing.js";
import type { Findings } from "../../../../../src/core/uses/findings.js";
import { nextRecord } from "../../../../../src/core/uses/next-record.js";
import { image, imageId } from "../../../../support/values.js";

const steady = { bootId: "boot", elapsedMs: 5000 };

/** A first run that covers the time from 100 to 1000. */
const observed: Findings = {
  listing: createListing([image("app")], [], [], 1000),
  replay: {
    uses: new Map(),
    firstUses: new Map(),
    containers: new Map(),
    names: { isKnown: true, moved: new Map() },
    inRegistry: new Set(),
    deleted: new Set(),
    ended: new Set(),
    vanishedNames: new Map(),
  },
  observation: {
    from: 100,
    to: 1000,
    events: 0,
    gap: { from: null, to: 100, cause: "first-run" },
    observedMs: 900,
    awakeMs: 1000,
  },
  holders: new Map(),
  anchor: null,
  steady,
};

function lastUseWith(taggedAt: number | null, scene: Findings = observed) {
  const details: LayerDetails = { diffIds: [], history: [], sumBytes: 0, taggedAt, content: null };
  return nextRecord(emptyRecord, scene, new Map([[imageId("app"), details]])).images.get(imageId("app"));
}

describe("an image at first sight", () => {
  it.each([
    ["begins where the observed stretch does, if the engine remembers no tag", null, 100, "first-seen", 0],
    ["was used when it was tagged", 400, 400, "tag", 300],
    ["is no older for a tag of long ago", 7, 100, "first-seen", 0],
    ["was not used in the future", 9999, 1000, "tag", 900],
  ])("%s", (_, taggedAt, lastUsedAt, lastUseKind, observedMsAtLastUse) => {
    expect(lastUseWith(taggedAt)).toMatchObject({ lastUsedAt, lastUseKind, observedMsAtLastUse });
  });

  it("keeps a later use", () => {
    const uses = new Map([[imageId("app"), { at: 700, kind: "container-end" as const, by: null }]]);
    const scene = { ...observed, replay: { ...observed.replay, uses } };
    expect(lastUseWith(400, scene)).toMatchObject({ lastUsedAt: 700, lastUseKind: "container-end" });
  });
});
