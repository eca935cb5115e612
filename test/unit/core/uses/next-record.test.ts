import { describe, expect, it } from "vitest";
import type { EngineRecord, ImageRecord } from "../../../../src/core/uses/checkpoint.js";
import { emptyRecord } from "../../../../src/core/uses/checkpoint.js";
import type { Image, ImageId } from "../../../../src/core/image/image.js";
import type { LayerDetails } from "../../../../src/core/layers/layer-record.js";
import { createListing } from "../../../../src/core/image/listing.js";
import type { Findings } from "../../../../src/core/uses/findings.js";
import { nextRecord } from "../../../../src/core/uses/next-record.js";
import type { Gap } from "../../../../src/core/uses/observation.js";
import { image, imageId } from "../../../support/values.js";

const steady = { bootId: "boot", elapsedMs: 0 };
const app = imageId("app");

interface Scene {
  readonly images?: readonly Image[];
  /** Uses that the events report, by word. */
  readonly uses?: Readonly<Record<string, number>>;
  readonly holders?: Readonly<Record<string, readonly string[]>>;
  readonly gap?: Gap["cause"];
  /** Words of images that a registry was seen to have. */
  readonly inRegistry?: readonly string[];
  /** Words of images that were seen to be deleted. */
  readonly deleted?: readonly string[];
}

/** An observation that ends at 1000 and covers all from 500 on; the observed clock was at 300. */
function observedIn(scene: Scene): Findings {
  const { images = [image("app")], uses = {}, holders = {}, gap, inRegistry = [], deleted = [] } = scene;
  const use = (at: number) => ({ at, kind: "container-end" as const, by: null });
  return {
    listing: createListing(images, [], [], 1000),
    replay: {
      uses: new Map(Object.entries(uses).map(([word, at]) => [imageId(word), use(at)])),
      firstUses: new Map(),
      containers: new Map(),
      names: { isKnown: true, moved: new Map() },
      inRegistry: new Set(inRegistry.map(imageId)),
      deleted: new Set(deleted.map(imageId)),
      ended: new Set(),
      vanishedNames: new Map(),
    },
    observation: {
      from: 500,
      to: 1000,
      events: 0,
      gap: gap === undefined ? null : { from: 400, to: 500, cause: gap },
      observedMs: 800,
      awakeMs: 1000,
    },
    holders: new Map(Object.entries(holders).map(([word, by]) => [imageId(word), by])),
    anchor: null,
    steady,
  };
}

const checkpoint = { at: 500, anchor: null, observedMs: 300, awakeMs: 500, steady };

/** The record before, with `app` last used at 450. */
function before(fields: Partial<ImageRecord> = {}): EngineRecord {
  const known: ImageRecord = {
    firstSeenAt: 100,
    lastUsedAt: 450,
    lastUseKind: "pull",
    lastUseBy: "name:app:1",
    observedMsAtLastUse: 250,
    awakeMsAtLastUse: fields.lastUsedAt ?? 450,
    awakeMsAtFirstSight: 100,
    inRegistry: false,
    wasTagged: false,
    lastTags: "",
    manifests: "",
    names: "app:1",
    ...fields,
  };
  return { ...emptyRecord, checkpoint, images: new Map([[app, known]]) };
}

const seenOnly: EngineRecord = { ...emptyRecord, checkpoint };

function after(record: EngineRecord, scene: Scene, id: ImageId = app): ImageRecord | undefined {
  return nextRecord(record, observedIn(scene)).images.get(id);
}

describe("the last use of a known image", () => {
  it("stays where nothing tells of another", () => {
    expect(after(before(), {})).toMatchObject({
      lastUsedAt: 450,
      lastUseKind: "pull",
      observedMsAtLastUse: 250,
    });
  });

  it("moves forward, and the idle time begins anew", () => {
    expect(after(before(), { uses: { app: 700 } })).toMatchObject({
      lastUsedAt: 700,
      lastUseKind: "container-end",
      lastUseBy: null,
      observedMsAtLastUse: 500,
    });
  });

  it("never moves back, but the idle time begins anew where the clock was set back", () => {
    expect(after(before({ lastUsedAt: 900 }), { uses: { app: 700 } })).toMatchObject({
      lastUsedAt: 900,
      lastUseKind: "pull",
      lastUseBy: "name:app:1",
      observedMsAtLastUse: 500,
    });
  });

  it("is idle for no longer by a use of long ago", () => {
    expect(after(before({ observedMsAtLastUse: 299 }), { uses: { app: 10 } })).toMatchObject({
      lastUsedAt: 450,
      observedMsAtLastUse: 300,
    });
    expect(after(before({ observedMsAtLastUse: 700 }), { uses: { app: 600 } })?.observedMsAtLastUse).toBe(
      700,
    );
  });

  it("is never later than now, whatever an event's stamp says", () => {
    expect(after(before(), { uses: { app: 9999 } })).toMatchObject({
      lastUsedAt: 1000,
      observedMsAtLastUse: 800,
    });
  });

  it("is now where somebody holds it", () => {
    const holders = { app: ["container:web"] };
    expect(after(before(), { uses: { app: 700 }, holders })).toMatchObject({
      lastUsedAt: 1000,
      lastUseKind: "in-use",
      lastUseBy: "container:web",
      observedMsAtLastUse: 800,
    });
  });
});

describe("an image that is carried forward as it was", () => {
  const carried = image("app");
  const listed = { images: new Map([[app, carried]]), base: { fullAt: 0, counted: 1 } };
  const record: EngineRecord = { ...before(), listed };

  it("keeps its very row where nothing happened to it", () => {
    expect(after(record, { images: [carried] })).toBe(record.images.get(app));
  });

  it.each<[string, Partial<Scene>, Partial<ImageRecord>]>([
    ["is used", { uses: { app: 700 } }, { lastUsedAt: 700 }],
    ["is held", { holders: { app: ["web"] } }, { lastUseKind: "in-use" }],
    ["was pushed", { inRegistry: ["app"] }, { inRegistry: true }],
  ])("has what is new of it where it %s", (_, scene, expected) => {
    expect(after(record, { images: [carried], ...scene })).toMatchObject(expected);
  });
});

it("each image keeps what is known of itself", () => {
  const { images } = before();
  const [known] = images.values();
  if (known === undefined) throw new Error("one was made");
  const other = { ...known, lastUsedAt: 222, lastUseBy: "name:other:1" };
  const record = { ...before(), images: new Map([...images, [imageId("other"), other]]) };
  const scene = { images: [image("app"), image("other")] };
  expect(after(record, scene, imageId("other"))).toMatchObject({
    lastUsedAt: 222,
    lastUseBy: "name:other:1",
  });
  expect(after(record, scene)).toMatchObject({ lastUsedAt: 450 });
});

describe("an image that is new", () => {
  it.each<[string, Scene, number]>([
    ["and unused begins now", {}, 1000],
    ["and unused begins now after a gap, too", { gap: "restart" }, 1000],
    ["on the first run begins where the covered stretch does", { gap: "first-run" }, 500],
    ["has the use that was seen", { uses: { app: 700 } }, 700],
    ["may have been used until the end of a gap", { uses: { app: 420 }, gap: "restart" }, 500],
    ["has the use after a gap", { uses: { app: 700 }, gap: "restart" }, 700],
    ["is no older than it is", { images: [image("app", { createdAt: 800 })], uses: { app: 700 } }, 800],
    ["was not made in the future", { images: [image("app", { createdAt: 9999 })] }, 1000],
    [
      "is no older for having been made long ago",
      { images: [image("app", { createdAt: 5 })], gap: "first-run" },
      500,
    ],
  ])("%s", (_, scene, lastUsedAt) => {
    expect(after(seenOnly, scene)).toMatchObject({ firstSeenAt: 1000, lastUsedAt });
  });
});

describe("what was seen of an image once", () => {
  it("stays known: that it is in a registry, and that it had a name", () => {
    const images = [image("app", { tags: [] })];
    expect(after(before(), { images })).toMatchObject({ inRegistry: false, wasTagged: false });
    expect(after(before({ inRegistry: true, wasTagged: true }), { images })).toMatchObject({
      inRegistry: true,
      wasTagged: true,
    });
    expect(after(before(), {})).toMatchObject({ wasTagged: true });
  });

  it("goes with it: one that comes back is new", () => {
    const record = {
      ...before(),
      failedRemovals: new Map([[app, { failures: 2, lastFailedAt: 400, detail: null }]]),
    };
    const gone = nextRecord(record, observedIn({ images: [] }));
    expect(gone.images.size).toBe(0);
    expect(gone.failedRemovals.size).toBe(0);
    expect(nextRecord(record, observedIn({})).failedRemovals).toEqual(record.failedRemovals);
  });
});

describe("an image that was deleted and is there again", () => {
  const known = { ...before({ firstSeenAt: 1, inRegistry: true, wasTagged: true }) };
  const images = [image("app", { tags: [] })];
  const deleted = ["app"];

  it("is new, since no later than now", () => {
    expect(after(known, { images, deleted })).toMatchObject({
      firstSeenAt: 1000,
      lastUsedAt: 1000,
      lastUseKind: "first-seen",
      observedMsAtLastUse: 800,
      inRegistry: false,
      wasTagged: false,
    });
  });

  it("is new on the first run, too, whatever else that takes for unused since long ago", () => {
    expect(after(emptyRecord, { images, deleted, gap: "first-run" })).toMatchObject({ lastUsedAt: 1000 });
  });

  it("has the use that was seen since", () => {
    expect(after(known, { images, deleted, uses: { app: 700 } })).toMatchObject({ lastUsedAt: 700 });
  });

  it("has no failed removals", () => {
    const failed = {
      ...known,
      failedRemovals: new Map([[app, { failures: 2, lastFailedAt: 400, detail: null }]]),
    };
    expect(nextRecord(failed, observedIn({ images, deleted })).failedRemovals.size).toBe(0);
  });
});

describe("an image that a new one was built on", () => {
  const detailsOf = (...layers: readonly string[]): LayerDetails => ({
    diffIds: layers.map(imageId),
    history: layers.map(() => ({ createdBy: "", bytes: 1 })),
    sumBytes: layers.length,
    taggedAt: null,
    content: null,
  });
  const images = [image("app"), image("child")];
  const scene = observedIn({ images, uses: { child: 700 } });
  const learned = new Map([
    [app, detailsOf("base")],
    [imageId("child"), detailsOf("base", "top")],
  ]);

  it("was used then", () => {
    expect(nextRecord(before(), scene, learned).images.get(app)).toMatchObject({
      lastUsedAt: 700,
      lastUseKind: "base",
      lastUseBy: `image:${imageId("child")}`,
      observedMsAtLastUse: 500,
    });
  });

  it("was used again, where that is made again", () => {
    const known = nextRecord(before(), scene, learned);
    const again = observedIn({ images, uses: { child: 900 }, deleted: ["child"] });
    expect(nextRecord(known, again).images.get(app)).toMatchObject({ lastUsedAt: 900, lastUseKind: "base" });
  });

  it("is left alone on the first run, when all are new", () => {
    const first = nextRecord({ ...before(), checkpoint: null }, scene, learned);
    expect(first.images.get(app)).toMatchObject({ lastUsedAt: 450, lastUseKind: "pull" });
  });
});
