import { noReturnNews } from "../../src/core/returns/return-news.js";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { EngineRecord, ImageRecord } from "../../src/core/uses/checkpoint.js";
import { namesIn } from "../../src/core/image/name-index.js";
import { openLedger } from "../../src/ledger/sqlite-ledger.js";
import { layerRecord } from "../support/chains.js";
import {
  checkpoint,
  containerId,
  engine,
  imageId,
  otherEngine,
  run,
} from "../support/ledger/build-records.js";
import { queryEach } from "../support/ledger/query.js";
import { temporaryFolder } from "../support/ledger/temporary-folder.js";
import type { Image } from "../../src/core/image/image.js";

// Few keys and few values, so that rows appear, change, stay the same and vanish.
const anyTime = fc.constantFrom(1, 2, 1_769_853_600_000);
const anyImageId = fc.integer({ min: 1, max: 5 }).map(imageId);
const anyImageIds = fc.array(anyImageId, { maxLength: 2 });
const anyContainer = fc.record({
  images: anyImageIds,
  manifest: fc.option(anyImageId),
  typedName: fc.option(fc.string({ unit: "grapheme" })),
  mounts: mapOf(fc.string({ unit: "grapheme" }), anyImageIds),
});
const anyImage = fc.record({
  firstSeenAt: anyTime,
  lastUsedAt: anyTime,
  lastUseKind: fc.constantFrom("pull" as const, "in-use" as const),
  lastUseBy: fc.constantFrom(null, "container:web"),
  observedMsAtLastUse: anyTime,
  awakeMsAtLastUse: anyTime,
  awakeMsAtFirstSight: anyTime,
  inRegistry: fc.boolean(),
  wasTagged: fc.boolean(),
  lastTags: fc.constantFrom("", "app:1", "app:1\napp:2"),
  names: fc.oneof(fc.constantFrom("", "a\nb"), fc.string({ unit: "grapheme" })),
  manifests: fc.constantFrom(null, "", "sha256:a\nsha256:b"),
});
const anyAnchor = fc.record({
  timeNano: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  type: fc.string(),
  action: fc.string({ unit: "grapheme" }),
  actorId: fc.string(),
});
const anyCheckpoint = fc
  .record({
    at: anyTime,
    anchor: fc.option(anyAnchor),
    observedMs: fc.oneof(anyTime, fc.maxSafeNat()),
    awakeMs: anyTime,
  })
  .map(checkpoint);

/** What an image consists of, if that is known: chains that share what is low in them. */
const anyChain = fc.record({
  chain: fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }),
  taggedAt: fc.option(anyTime),
  bytes: fc.option(anyTime).map((bytes) => () => bytes),
  content: fc.option(
    fc.record({
      bytes: anyTime,
      blobs: fc.option(
        fc.record({
          ofLayers: fc.array(fc.option(anyImageId), { maxLength: 2 }),
          others: fc.array(anyImageId, { maxLength: 2 }),
        }),
      ),
    }),
  ),
});

/** What is listed beside the record of an image, where it is. */
const anyListed = fc.record({
  parentId: fc.option(anyImageId),
  tags: fc.constantFrom([], ["app:1"], ["app:1", "app:2"]),
  digests: fc.constantFrom([], ["app@sha256:1"]),
  labels: fc.dictionary(fc.string(), fc.string({ unit: "grapheme" })),
  sizeBytes: fc.maxSafeNat(),
  createdAt: fc.option(anyTime),
  manifests: fc.constantFrom(null, [], ["sha256:a", "sha256:b"]),
});

const anyRecord: fc.Arbitrary<EngineRecord> = fc
  .record({
    checkpoint: fc.option(anyCheckpoint),
    images: mapOf(anyImageId, fc.tuple(anyImage, fc.option(anyChain), fc.option(anyListed))),
    base: fc.option(fc.record({ fullAt: anyTime, counted: fc.nat() })),
    containers: mapOf(fc.integer({ min: 1, max: 5 }).map(containerId), anyContainer),
    vanished: mapOf(
      anyImageId,
      fc.record({
        topChain: fc.option(anyImageId),
        manifests: fc.option(anyImageIds),
        names: fc.constantFrom("", "a\nb"),
      }),
    ),
    failedRemovals: mapOf(
      anyImageId,
      fc.record(
        {
          cause: fc.constant("registry" as const),
          failures: fc.integer({ min: 1, max: 9 }),
          lastFailedAt: anyTime,
          detail: fc.option(fc.string({ unit: "grapheme" })),
        },
        { requiredKeys: ["failures", "lastFailedAt", "detail"] },
      ),
    ),
    vainRemovals: fc.option(
      fc.record({
        removals: fc.integer({ min: 1, max: 9 }),
        expectedBytes: fc.maxSafeNat(),
        freeBytes: fc.maxSafeNat(),
        lastAt: anyTime,
      }),
    ),
    warnedRules: mapOf(fc.string({ unit: "grapheme" }), anyTime),
    chosenByNeedAt: fc.option(anyTime),
    isOfOtherStore: fc.constant(false),
    origin: fc.option(
      fc.record({
        dataId: fc.constantFrom("", "a"),
        hostName: fc.string({ unit: "grapheme" }),
        former: fc.constantFrom([], ["ID-1", "alpha"]),
      }),
    ),
    shown: fc.option(fc.record({ sharing: fc.constantFrom(0, 0.25, 1), unknownBytes: anyTime })),
  })
  .map(({ images, base, shown, origin, ...fields }) => ({
    ...fields,
    ...(origin && { origin }),
    news: noReturnNews,
    images: new Map([...images].map(([id, [image, , listed]]) => [id, { ...image, ...textsOf(listed) }])),
    listed: {
      base,
      images: new Map(
        [...images].flatMap(([id, [, , listed]]) =>
          listed === null ? [] : [[id, { id, ...listed }] as const],
        ),
      ),
    },
    names: namesIn(new Map()),
    layers: {
      ...layerRecord(
        [...images].flatMap(([id, [, chain]]) => (chain === null ? [] : [[id, chain] as const])),
      ),
      ...(shown && { shown }),
    },
  }));

/** Names and manifests as the record of a listed image has them. */
function textsOf(listed: Omit<Image, "id"> | null): Pick<ImageRecord, "names" | "manifests"> | undefined {
  if (listed === null) return undefined;
  const { tags, digests, manifests } = listed;
  return { names: [...tags, ...digests].join("\n"), manifests: manifests?.join("\n") ?? null };
}

function mapOf<Key, Value>(
  keys: fc.Arbitrary<Key>,
  values: fc.Arbitrary<Value>,
): fc.Arbitrary<Map<Key, Value>> {
  return fc.array(fc.tuple(keys, values), { maxLength: 6 }).map((entries) => new Map(entries));
}

const anyStep = fc.record({
  identity: fc.constantFrom(engine, otherEngine),
  record: anyRecord,
  then: fc.constantFrom("go-on", "reopen", "load"),
});

test("whatever is saved one after another, the last record of every engine is loaded back", () => {
  const folder = temporaryFolder();
  let number = 0;
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 8 }), (steps) => {
      const path = join(folder, `${number++}.db`);
      const last = new Map(steps.map(({ identity, record }) => [identity, record]));
      let ledger = openLedger(path);
      for (const { identity, record, then } of steps) {
        ledger.save(identity, record, run());
        if (then === "reopen") {
          ledger.close();
          ledger = openLedger(path);
        } else if (then === "load") {
          expect(ledger.load(identity)).toEqual(record);
        }
      }
      for (const [identity, record] of last) {
        expect(ledger.load(identity)).toEqual(record);
      }
      ledger.close();

      const rewritten = join(folder, `${number++}.db`);
      const fresh = openLedger(rewritten);
      for (const [identity, record] of last) {
        fresh.save(identity, record, run());
      }
      fresh.close();
      expect(dump(path)).toEqual(dump(rewritten));
    }),
    { numRuns: 60 },
  );
});

/** All rows, by engine identity: row IDs depend on who was saved first. */
function dump(path: string): unknown[][] {
  const tables = ["image", "container", "container_mount", "vanished_image", "layer", "failed_removal"];
  const statements = tables.map(
    (table) => `SELECT identity, ${table}.* FROM ${table} NATURAL JOIN engine ORDER BY 1, 3`,
  );
  return queryEach(path, statements).map((rows) =>
    rows.map((row) => ({ ...(row as object), engine_id: null })),
  );
}
