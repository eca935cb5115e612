import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LayerRecord } from "../../../../src/core/layers/layer-record.js";
import { noReturnNews, type LoggedUse } from "../../../../src/core/returns/return-news.js";
import { openLedger, openLedgerInMemory } from "../../../../src/ledger/sqlite-ledger.js";
import { engine, imageId, moment, record, run } from "../../../support/ledger/build-records.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

const minute = 60_000;
const hour = 60 * minute;

const chainId = (number: number) => `sha256:${number.toString(16).padStart(64, "0")}`;
const learned = { taggedAt: null, content: null };
const layers: LayerRecord = {
  images: new Map([
    [imageId(1), { ...learned, top: 2 }],
    [imageId(2), { ...learned, top: 1 }],
  ]),
  layers: new Map([
    [1, { chainId: chainId(11), below: null, bytes: 100 }],
    [2, { chainId: chainId(12), below: 1, bytes: 20 }],
  ]),
  blobs: new Map(),
};

function use(number: number, from: number, to: number | null, sizeBytes = 120): LoggedUse {
  const at = (minutes: number) => moment + minutes * minute;
  return {
    image: imageId(number),
    from: at(from),
    to: to === null ? null : at(to),
    repository: "app",
    sizeBytes,
  };
}

/** The ledger after these uses, each saved by a run of its own. */
function logAfter(uses: readonly LoggedUse[], forgetBefore = 0) {
  const path = join(temporaryFolder(), "ledger.db");
  for (const used of uses) {
    const ledger = openLedger(path);
    ledger.save(
      engine,
      record({ layers, news: { ...noReturnNews, used: [used] } }),
      run({ startedAt: used.from }),
    );
    ledger.forgetHistoryBefore(forgetBefore, engine);
    ledger.close();
  }
  const log = openLedgerInMemory(path).useLogs().get(engine.key);
  const sessions = log?.sessions.map(({ image, from, to }) => [
    image,
    (from - moment) / minute,
    to === null ? null : (to - moment) / minute,
  ]);
  return { images: log?.images, sessions };
}

describe("the log of uses", () => {
  it.each<readonly [string, readonly LoggedUse[], readonly unknown[]]>([
    ["has uses less than an hour apart as one session", [use(1, 0, 5), use(1, 64, 70)], [[1, 0, 70]]],
    [
      "has uses further apart as two",
      [use(1, 0, 5), use(1, 65, 70)],
      [
        [1, 0, 5],
        [1, 65, 70],
      ],
    ],
    ["has an image in use in an open session", [use(1, 0, null)], [[1, 0, null]]],
    ["closes it once the use has ended", [use(1, 0, null), use(1, 300, 400)], [[1, 0, 400]]],
    ["opens one again", [use(1, 0, 5), use(1, 10, null)], [[1, 0, null]]],
    [
      "tells images apart",
      [use(1, 0, 5), use(2, 0, 7)],
      [
        [1, 0, 5],
        [2, 0, 7],
      ],
    ],
    ["never ends a session before it began", [use(1, 0, -5)], [[1, 0, 0]]],
  ])("%s", (_, uses, sessions) => {
    expect(logAfter(uses).sessions).toEqual(sessions);
  });

  it("has each image with its layers, lowest first, and what it has beside them", () => {
    const [one, two, three] = logAfter([use(1, 0, 1), use(2, 0, 1, 130), use(3, 0, 1, 7)]).images ?? [];
    const names = one?.layers.map(({ name }) => name);
    expect(one?.layers.map(({ bytes }) => bytes)).toEqual([100, 20]);
    expect(two?.layers.map(({ bytes }) => bytes)).toEqual([100, 30]);
    expect(two?.layers[0]?.name).toBe(names?.[0]);
    // Its layers are not known.
    expect(three?.layers.map(({ bytes }) => bytes)).toEqual([7]);
    expect(one?.repository).toBe("app");
  });

  it.each([
    ["with a tag", [], null],
    ["that has lost its last tag", [moment], moment],
    ["that has a tag again", [moment, null], null],
  ])("tells an image %s", (_, times, untaggedAt) => {
    const path = join(temporaryFolder(), "ledger.db");
    const ledger = openLedger(path);
    const tagsLost = times.map((at) => ({ image: imageId(1), at }));
    const news = { ...noReturnNews, used: [use(1, 0, 5), use(2, 0, 5)], tagsLost };
    ledger.save(engine, record({ layers, news }), run());
    ledger.close();
    const images = openLedgerInMemory(path).useLogs().get(engine.key)?.images;
    expect(images?.map((image) => image.untaggedAt)).toEqual([untaggedAt, null]);
  });

  it("forgets with the history what was used before alone, and its layers", () => {
    const { images, sessions } = logAfter([use(2, 0, null), use(1, 1, 5), use(3, 100, null)], moment + hour);
    expect(sessions?.map(([, from]) => from)).toEqual([0, 100]);
    expect(images?.map((image) => image.layers.map(({ bytes }) => bytes))).toEqual([[100, 20], [120]]);
  });
});
