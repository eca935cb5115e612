import { describe, expect, it } from "vitest";
import { emptyRecord, type EngineRecord, type ImageRecord } from "../../../../src/core/uses/checkpoint.js";
import type { Image } from "../../../../src/core/image/image.js";
import { createListing } from "../../../../src/core/image/listing.js";
import { usePastOf } from "../../../../src/core/plan/need-order.js";
import type { Findings } from "../../../../src/core/uses/findings.js";
import { nextRecord } from "../../../../src/core/uses/next-record.js";
import type { Gap } from "../../../../src/core/uses/observation.js";
import { noReturnNews, type RemovedImage } from "../../../../src/core/returns/return-news.js";
import { image, imageId } from "../../../support/values.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = 100 * day;
const clock = 50 * day;
const steady = { bootId: "boot", elapsedMs: 0 };
const app = imageId("app");
/** Of images that are called by their number. */
const ids = ["0", "1", "2"].map((number) => imageId(number));

/** A record of five minutes ago, and `app` last used this long before it. */
function recordOf({
  idleMs,
  unobservedMs = 0,
  ...fields
}: Partial<ImageRecord> & { idleMs: number; unobservedMs?: number }): EngineRecord {
  const at = now - 5 * minute;
  const known: ImageRecord = {
    firstSeenAt: 0,
    lastUsedAt: at - idleMs,
    lastUseKind: "container-end",
    lastUseBy: null,
    observedMsAtLastUse: clock - 5 * minute - (idleMs - unobservedMs),
    inRegistry: false,
    wasTagged: true,
    names: "app:1",
    manifests: "",
    awakeMsAtLastUse: at - idleMs,
    awakeMsAtFirstSight: 0,
    lastTags: "app:1",
    ...fields,
  };
  return {
    ...emptyRecord,
    checkpoint: { at, anchor: null, observedMs: clock - 5 * minute, awakeMs: at, steady },
    images: new Map([[app, known]]),
  };
}

interface Seen {
  readonly images?: readonly Image[];
  /** When it was used first and last, before now. */
  readonly used?: readonly [firstMs: number, lastMs: number];
  readonly isHeld?: boolean;
  readonly gap?: Gap["cause"];
}

function observedIn({ images = [image("app")], used, isHeld = false, gap }: Seen): Findings {
  const last =
    used === undefined
      ? []
      : [[app, { at: now - used[1], kind: "container-end" as const, by: null }] as const];
  return {
    listing: createListing(images, [], [], now),
    replay: {
      uses: new Map(last),
      firstUses: new Map(used === undefined ? [] : [[app, now - used[0]]]),
      containers: new Map(),
      names: { isKnown: true, moved: new Map() },
      inRegistry: new Set(),
      deleted: new Set(),
      ended: new Set(),
      vanishedNames: new Map(),
    },
    observation: {
      from: now - 5 * minute,
      to: now,
      events: 0,
      gap: gap === undefined ? null : { from: now - 5 * minute, to: now, cause: gap },
      observedMs: clock,
      awakeMs: now,
    },
    holders: new Map(isHeld ? [[app, ["container:web"]]] : []),
    anchor: null,
    steady,
  };
}

describe("an idle time that ended in a use", () => {
  it.each([
    {
      name: "lasts until the first use",
      record: { idleMs: day },
      seen: { used: [4 * minute, 0] },
      idle: day + minute,
    },
    {
      name: "ends when somebody holds the image",
      record: { idleMs: day },
      seen: { isHeld: true },
      idle: day + 5 * minute,
    },
    { name: "is none below an hour", record: { idleMs: 54 * minute }, seen: { used: [0, 0] }, idle: null },
    { name: "counts from an hour on", record: { idleMs: 55 * minute }, seen: { used: [0, 0] }, idle: hour },
    { name: "is none without a use", record: { idleMs: day }, seen: {}, idle: null },
    {
      name: "is told where a tenth of it was not observed",
      record: { idleMs: 11 * hour, unobservedMs: hour - 30_000 },
      seen: { used: [5 * minute, 0] },
      idle: 10 * hour + 30_000,
    },
    {
      name: "is not known well enough where more was not",
      record: { idleMs: 11 * hour, unobservedMs: hour + 30_000 },
      seen: { used: [5 * minute, 0] },
      idle: null,
    },
  ] as const)("$name", ({ record, seen, idle }) => {
    const { news } = nextRecord(recordOf(record), observedIn(seen));
    const group = { repository: "docker.io/library/app", tagState: "tagged" };
    expect(news.ended).toEqual(idle === null ? [] : [{ image: app, idleMs: idle, group }]);
  });

  it.each<readonly [string, Seen]>([
    ["goes on", { isHeld: true }],
    ["ends", { used: [0, 0] }],
  ])("is none where a use %s that the checkpoint saw, however long ago that was", (_, seen) => {
    const { news } = nextRecord(recordOf({ idleMs: day, lastUseKind: "in-use" }), observedIn(seen));
    expect(news.ended).toEqual([]);
  });

  it("counts apart for an image that has lost its tag", () => {
    const seen = { images: [image("app", { tags: [] })], used: [0, 0] } as const;
    const { news } = nextRecord(recordOf({ idleMs: day }), observedIn(seen));
    const group = { repository: "docker.io/library/app", tagState: "untagged" };
    expect(news.ended).toEqual([{ image: app, idleMs: day + 5 * minute, group }]);
  });

  it("is told in the same order, whatever order the engine lists and holds images in", () => {
    const record = recordOf({ idleMs: day });
    const known = {
      ...record,
      images: new Map(ids.flatMap((id) => [...record.images.values()].map((each) => [id, each] as const))),
    };
    const listed = ids.map((_, index) => image(String(index)));
    const told = [ids, ids.toReversed()].map((order) => {
      const seen = observedIn({ images: order === ids ? listed : listed.toReversed() });
      return nextRecord(known, { ...seen, holders: new Map(order.map((id) => [id, ["container:web"]])) })
        .news;
    });
    expect(told[0]?.ended).toHaveLength(ids.length);
    expect(told[0]).toEqual(told[1]);
  });

  it("is no second one in the next observation of the same run", () => {
    const first = nextRecord(recordOf({ idleMs: day }), observedIn({ used: [0, 0] }));
    expect(nextRecord(first, observedIn({})).news).toBe(first.news);
  });
});

describe("a use for the log", () => {
  const held = { lastUseKind: "in-use", idleMs: 0 } as const;

  it.each<readonly [string, Parameters<typeof recordOf>[0], Seen, readonly [number, number | null] | null]>([
    [
      "lasts from the first to the last one seen",
      { idleMs: day },
      { used: [4 * minute, minute] },
      [-4 * minute, -minute],
    ],
    ["goes on while somebody holds the image", { idleMs: day }, { isHeld: true }, [0, null]],
    ["is no news while it goes on", held, { isHeld: true }, null],
    ["ends when its holder does", held, { used: [2 * minute, 2 * minute] }, [-5 * minute, -2 * minute]],
    ["is none where nothing happened", { idleMs: day }, {}, null],
  ])("%s", (_, before, seen, stretch) => {
    const { used } = nextRecord(recordOf(before), observedIn(seen)).news;
    const [from, to] = stretch ?? [0, 0];
    const use = { image: app, repository: "docker.io/library/app", sizeBytes: 10 };
    expect(used).toEqual(
      stretch === null ? [] : [{ ...use, from: now + from, to: to === null ? null : now + to }],
    );
  });

  it("is the arrival of an image", () => {
    const { used } = nextRecord({ ...recordOf({ idleMs: 0 }), images: new Map() }, observedIn({})).news;
    expect(used).toMatchObject([{ image: app, from: now, to: now }]);
  });

  it("ends where others removed the image once its holder had ended", () => {
    const { used } = nextRecord(recordOf(held), observedIn({ images: [], used: [minute, minute] })).news;
    expect(used).toMatchObject([{ image: app, from: now - 5 * minute, to: now - minute }]);
  });
});

describe("a lost tag for the log", () => {
  const untagged = image("app", { tags: [] });

  it.each<readonly [string, Partial<ImageRecord>, Seen, readonly (number | null)[]]>([
    ["is seen at the end of the observation", {}, { images: [untagged] }, [now]],
    ["is no news later", { names: "" }, { images: [untagged] }, []],
    ["is lost no longer once there is one again", { names: "" }, {}, [null]],
    ["is none while the tags stay", {}, {}, []],
  ])("%s", (_, before, seen, times) => {
    const { news } = nextRecord(recordOf({ idleMs: day, ...before }), observedIn(seen));
    expect(news.tagsLost).toEqual(times.map((at) => ({ image: app, at })));
  });

  it("is none of what is pulled by digest, which never had one", () => {
    const pulled = image("app", { tags: [], digests: [`app@sha256:${"1".repeat(64)}`] });
    const record = { ...recordOf({ idleMs: 0 }), images: new Map() };
    expect(nextRecord(record, observedIn({ images: [pulled] })).news.tagsLost).toEqual([
      { image: app, at: null },
    ]);
  });
});

const gone: RemovedImage = {
  id: app,
  names: ["app:1"],
  group: { repository: "docker.io/library/app", tagState: "untagged" },
  lastUsedAt: now - 10 * day,
  observedMsAtLastUse: clock - 10 * day,
  removedAt: now - 3 * day,
  bytes: 7,
  reason: "quota",
};

describe("an image that was removed and is there again", () => {
  const removed = new Map([[app, gone]]);
  const seenOnly = { ...recordOf({ idleMs: 0 }), images: new Map() };

  it("has come back after all that time, in the state in which it went", () => {
    const { news } = nextRecord(seenOnly, observedIn({ used: [0, 0] }), new Map(), removed);
    expect(news.returned).toEqual([{ removed: gone, at: now }]);
    expect(news.ended).toEqual([{ image: app, idleMs: 10 * day, group: gone.group }]);
  });

  it("is told in the same order, whatever order images were looked at in", () => {
    const all = ids.map((id) => [id, { ...gone, id }] as const);
    const images = ids.map((_, index) => image(String(index)));
    const [one, other] = [all, all.toReversed()].map(
      (order) => nextRecord(seenOnly, observedIn({ images }), new Map(), new Map(order)).news,
    );
    expect(one?.returned).toHaveLength(ids.length);
    expect(one).toEqual(other);
  });

  it("has not come back as long as it is not listed", () => {
    const { news } = nextRecord(seenOnly, observedIn({ images: [] }), new Map(), removed);
    expect(news).toBe(noReturnNews);
  });
});

describe("what a plan is told of the past", () => {
  const stored = {
    idleTimes: new Map([[app, [2 * hour]]]),
    bins: [{ group: gone.group, bin: 0, ended: 8, weighedAtMs: clock - 30 * day }],
    removed: [gone],
  };

  it("is what the ledger has, as it counts now", () => {
    const past = usePastOf(stored, noReturnNews, clock);
    expect(past.history.counts.untagged.get(gone.group.repository)?.[0]).toBe(4);
    expect(past.idleTimes.get(app)).toEqual([2 * hour]);
    expect(past.removed).toEqual([{ group: gone.group, idleMs: 10 * day }]);
  });

  it("is also what has not been saved yet", () => {
    const ended = [{ image: app, idleMs: 90 * minute, group: gone.group }];
    const news = { ...noReturnNews, ended, returned: [{ removed: gone, at: now }] };
    const past = usePastOf(stored, news, clock);
    expect(past.history.counts.untagged.get(gone.group.repository)?.[0]).toBe(5);
    expect(past.idleTimes.get(app)).toEqual([2 * hour, 90 * minute]);
    expect(past.removed).toEqual([]);
  });
});
