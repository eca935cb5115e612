import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyRecord } from "../../../src/core/uses/checkpoint.js";
import type { EngineIdentity, EngineRecord, ImageRecord } from "../../../src/core/uses/checkpoint.js";
import type { ContainerRecord } from "../../../src/core/image/container-record.js";
import type { RunEntry } from "../../../src/core/results/history.js";
import type { Ledger } from "../../../src/ledger/port.js";
import { layerRecord } from "../../support/chains.js";
import { openLedger } from "../../../src/ledger/sqlite-ledger.js";
import {
  checkpoint,
  containerId,
  containerOf,
  engine,
  image,
  imageId,
  moment,
  otherEngine,
  record,
  removal,
  run,
  wideRecord,
} from "../../support/ledger/build-records.js";
import { execute, query } from "../../support/ledger/query.js";
import { startChild } from "../../support/ledger/start-child.js";
import { temporaryFolder } from "../../support/ledger/temporary-folder.js";

function save(path: string, identity: EngineIdentity, saved: EngineRecord, entry: RunEntry = run()): void {
  const ledger = openLedger(path);
  ledger.save(identity, saved, entry);
  ledger.close();
}

function load(path: string, identity: EngineIdentity): EngineRecord {
  const ledger = openLedger(path);
  const loaded = ledger.load(identity);
  ledger.close();
  return loaded;
}

function container(fields: Partial<ContainerRecord>): EngineRecord["containers"] {
  return new Map([[containerId(1), containerOf({ images: [imageId(1)], ...fields })]]);
}

describe("what is saved is loaded again", () => {
  test.each([
    ["an engine never observed", emptyRecord],
    ["images, containers and names", record()],
    ["an empty event buffer", record({ checkpoint: checkpoint({ anchor: null }) })],
    [
      "the last nanosecond that fits",
      record({
        checkpoint: checkpoint({
          anchor: {
            timeNano: 2n ** 63n - 1n,
            type: "container",
            action: "exec_create: sh -c 'ä'",
            actorId: "",
          },
        }),
      }),
    ],
    [
      "the largest exact milliseconds",
      record({ images: new Map([[imageId(1), image({ lastUsedAt: Number.MAX_SAFE_INTEGER })]]) }),
    ],
    ["nothing but a checkpoint", { ...emptyRecord, checkpoint: checkpoint() }],
  ])("%s", (_, saved) => {
    const path = join(temporaryFolder(), "ledger.db");
    save(path, engine, saved);
    expect(load(path, engine)).toEqual(saved);
  });

  test("an engine never seen has an empty record", () => {
    expect(load(join(temporaryFolder(), "ledger.db"), engine)).toEqual(emptyRecord);
  });

  test("two engines in one file never mix", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const other = record({ images: new Map([[imageId(1), image({ lastUsedAt: 1 })]]) });
    save(path, engine, record());
    save(path, otherEngine, other);
    expect(load(path, engine)).toEqual(record());
    save(path, engine, emptyRecord);
    expect(load(path, otherEngine)).toEqual(other);
  });

  test("two engines in one file that hold the same", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const ledger = openLedger(path);
    ledger.save(engine, record(), run());
    ledger.save(otherEngine, record(), run());
    ledger.close();
    expect(load(path, engine)).toEqual(record());
    expect(load(path, otherEngine)).toEqual(record());
  });

  test("an image that stays in use is not written again, and was used at the last checkpoint", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const inUseAt = (at: number) => {
      const used = { lastUseKind: "in-use", lastUseBy: "container:web", observedMsAtLastUse: at } as const;
      const images = new Map([[imageId(1), image({ ...used, lastUsedAt: at })]]);
      return record({ checkpoint: checkpoint({ at, observedMs: at }), images });
    };
    save(path, engine, inUseAt(10));
    execute(path, "CREATE TRIGGER t BEFORE INSERT ON image BEGIN SELECT raise(ABORT, 'written'); END");
    save(path, engine, inUseAt(20));
    expect(load(path, engine)).toEqual(inUseAt(20));
    execute(path, "DROP TRIGGER t");
    const later = { ...inUseAt(20), checkpoint: checkpoint({ at: 30, observedMs: 30 }) };
    save(path, engine, later);
    expect(load(path, engine)).toEqual(later);
  });

  const changed = (changes: Partial<ImageRecord>) => ({ images: new Map([[imageId(1), image(changes)]]) });
  test.each<[string, Partial<EngineRecord>]>([
    ["when an image was first seen", changed({ firstSeenAt: 1 })],
    ["when it was last used", changed({ lastUsedAt: moment + 1 })],
    ["how it was last used", changed({ lastUseKind: "push" })],
    ["what used it last", changed({ lastUseBy: "container:web" })],
    ["the observed clock at its last use", changed({ observedMsAtLastUse: 9 })],
    ["that it is in a registry", changed({ inRegistry: true })],
    ["that it had a name", changed({ wasTagged: false })],
    ["the tags that it had last", changed({ lastTags: "app:1\napp:2" })],
    ["that it is gone", { images: new Map() }],
    ["the image of a container", { containers: container({ images: [imageId(2)] }) }],
    [
      "an image that a container may be of, too",
      { containers: container({ images: [imageId(1), imageId(2)] }) },
    ],
    ["the manifest of a container", { containers: container({ manifest: imageId(3) }) }],
    ["what a client called a container's image", { containers: container({ typedName: "app" }) }],
    ["what a mount stands for", { containers: container({ mounts: new Map([["data:1", [imageId(1)]]]) }) }],
    [
      "what a vanished image was",
      { vanished: new Map([[imageId(9), { topChain: imageId(4), manifests: null, names: "app:1" }]]) },
    ],
    ["that a container is gone", { containers: new Map() }],
    ["its manifests", changed({ manifests: "sha256:a" })],
    ["that its manifests are not known", changed({ manifests: null })],
    ["its names", changed({ names: "app:1\napp:2" })],
    ["what layers it has", { layers: layerRecord([[imageId(1), { chain: ["a"], bytes: () => 1 }]]) }],
    ["that it has none", { layers: layerRecord([[imageId(1), { chain: [], bytes: () => 1 }]]) }],
    [
      "when it was tagged",
      { layers: layerRecord([[imageId(1), { chain: [], bytes: () => 1, taggedAt: 7 }]]) },
    ],
    [
      "how often a removal failed",
      { failedRemovals: new Map([[imageId(2), { failures: 3, lastFailedAt: moment, detail: null }]]) },
    ],
    [
      "when a removal failed",
      { failedRemovals: new Map([[imageId(2), { failures: 2, lastFailedAt: moment + 1, detail: null }]]) },
    ],
    ["that a removal failed no more", { failedRemovals: new Map() }],
    ["when a rule was warned of", { warnedRules: new Map([["--keep gone:*", moment + 1]]) }],
    ["that a rule matches again", { warnedRules: new Map() }],
  ])("a change, alone: %s", (_, changes) => {
    const path = join(temporaryFolder(), "ledger.db");
    const first = record({ images: new Map([[imageId(1), image()]]) });
    save(path, engine, first);
    save(path, engine, { ...first, ...changes });
    expect(load(path, engine)).toEqual({ ...first, ...changes });
  });
});

test("what was judged is what is loaded: it is read once", () => {
  const path = join(temporaryFolder(), "ledger.db");
  save(path, engine, record());
  const ledger = openLedger(path);
  execute(path, "DELETE FROM image");
  expect(ledger.load(engine)).toEqual(record());
  // From then on the file says what it holds.
  expect(ledger.load(engine).images.size).toBe(0);
  ledger.close();
});

test("what a save has written is loaded from the file, not what was judged", () => {
  const path = join(temporaryFolder(), "ledger.db");
  save(path, engine, record());
  const ledger = openLedger(path);
  ledger.save(engine, emptyRecord, run());
  expect(ledger.load(engine)).toEqual(emptyRecord);
  ledger.close();
});

test("only rows that differ are written", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  ledger.save(engine, record(), run());
  execute(path, "DELETE FROM image WHERE image_id LIKE '%2'");
  ledger.save(engine, record({ images: new Map([...record().images, [imageId(3), image()]]) }), run());
  // Had the ledger written the whole record, the row that went behind its back would be there again.
  expect([...ledger.load(engine).images.keys()]).toEqual([imageId(1), imageId(3)]);
  ledger.close();
});

test("a process killed right after save() loses nothing", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const child = await startChild("save", path);
  await child.kill();
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  expect(load(path, engine)).toEqual(record());
});

describe("a save that fails", () => {
  /** Half a millisecond does not fit into a column of integers, and this image is not the first to be written. */
  const wrong = record({
    images: new Map([
      [imageId(3), image()],
      [imageId(4), image({ lastUsedAt: 0.5 })],
    ]),
  });

  function ledgerWithFailedSave(): Ledger {
    const ledger = openLedger(join(temporaryFolder(), "ledger.db"));
    ledger.save(engine, record(), run());
    expect(() => ledger.save(engine, wrong, run({ removals: [removal()] }))).toThrow(
      expect.objectContaining({
        code: "ledger",
        message: expect.stringContaining("refused a row") as string,
      }),
    );
    return ledger;
  }

  test("leaves all that was saved before, and nothing else", () => {
    const ledger = ledgerWithFailedSave();
    expect(ledger.load(engine)).toEqual(record());
    ledger.close();
  });

  test("is made up for by the next one", () => {
    const ledger = ledgerWithFailedSave();
    const right = record({ images: new Map([[imageId(3), image()]]) });
    ledger.save(engine, right, run());
    expect(ledger.load(engine)).toEqual(right);
    ledger.close();
  });
});

test("the main file stays as it is during a run, however much is saved, and has everything at the end", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  const before = statSync(path, { bigint: true });
  // 27 pages each: SQLite by itself would copy the log after 1000.
  for (let time = 1; time <= 50; time++) {
    ledger.save(engine, wideRecord(time), run());
  }
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(1000 * 4096);
  const { mtimeNs, size } = statSync(path, { bigint: true });
  expect({ mtimeNs, size }).toEqual({ mtimeNs: before.mtimeNs, size: before.size });
  ledger.close();
  expect(load(path, engine)).toEqual(wideRecord(50));
});

test("closing leaves one file, without its log, and closing again does nothing", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  ledger.save(engine, record(), run());
  ledger.close();
  ledger.close();
  expect(() => statSync(`${path}-wal`)).toThrow("ENOENT");
});

describe("history", () => {
  const runs =
    "SELECT started_at, finished_at, exit_code, events, gap_from, gap_to, gap_cause FROM run ORDER BY run_id";
  const removals =
    "SELECT ordinal, names, reasons, outcome, detail, freed_bytes FROM removal ORDER BY ordinal";

  test("a run is one row, however often it is saved, and its removals are added as they come", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const first = removal();
    const second = removal({
      names: ['a"b', "c\nd"],
      reasons: ["age", "quota"],
      outcome: "failed",
      detail: "no",
    });
    const gap = { from: null, to: moment, cause: "first-run" } as const;
    const observation = { ...run().observation, gap };
    const ledger = openLedger(path);
    ledger.save(engine, record(), run({ observation }));
    ledger.save(engine, record(), run({ observation, removals: [first] }));
    const ended = { finishedAt: moment + 5, exitCode: 3, removals: [first, second], observation };
    ledger.save(engine, record(), run(ended));
    ledger.close();
    expect(query(path, runs)).toEqual([
      {
        started_at: moment,
        finished_at: moment + 5,
        exit_code: 3,
        events: 3,
        gap_from: null,
        gap_to: moment,
        gap_cause: "first-run",
      },
    ]);
    expect(query(path, removals)).toEqual([
      {
        ordinal: 0,
        names: '["app:0"]',
        reasons: '["age"]',
        outcome: "removed",
        detail: null,
        freed_bytes: 50 * 2 ** 30,
      },
      {
        ordinal: 1,
        names: String.raw`["a\"b","c\nd"]`,
        reasons: '["age","quota"]',
        outcome: "failed",
        detail: "no",
        freed_bytes: 50 * 2 ** 30,
      },
    ]);
  });

  test("a removal that the ledger has already is not written again", () => {
    const path = join(temporaryFolder(), "ledger.db");
    save(path, engine, record(), run({ removals: [removal()] }));
    save(path, engine, record(), run({ removals: [removal({ detail: "changed" }), removal()] }));
    expect(query(path, "SELECT detail FROM removal")).toEqual([{ detail: null }, { detail: null }]);
  });

  test.each([
    ["ended before", { finishedAt: moment - 1 }, 0],
    ["ended at that moment", { finishedAt: moment }, 1],
    ["started before and ended after", { startedAt: moment - 1, finishedAt: moment + 1 }, 1],
    ["was killed and started before", { startedAt: moment - 1, finishedAt: null }, 0],
  ])("forgetting a run that %s", (_, entry, left) => {
    const path = join(temporaryFolder(), "ledger.db");
    const ledger = openLedger(path);
    ledger.save(engine, record(), run({ ...entry, removals: [removal()] }));
    ledger.forgetHistoryBefore(moment, engine);
    expect(ledger.load(engine)).toEqual(record());
    ledger.close();
    expect(query(path, "SELECT 1 FROM run")).toHaveLength(left);
    expect(query(path, "SELECT 1 FROM removal")).toHaveLength(left);
  });

  test.each([
    ["that were not seen since are forgotten", { cutAfter: 1, ranAfter: 0 }, false],
    ["that were seen at that moment stay", { cutAfter: 0, ranAfter: -1 }, true],
    ["that had a run since stay", { cutAfter: 1, ranAfter: 2 }, true],
  ])("other engines %s", (_, { cutAfter, ranAfter }, stays) => {
    const path = join(temporaryFolder(), "ledger.db");
    const seenAt = record().checkpoint?.at ?? 0;
    const ledger = openLedger(path);
    ledger.save(otherEngine, record(), run({ startedAt: seenAt - 1, finishedAt: seenAt + ranAfter }));
    ledger.save(engine, record(), run());
    ledger.forgetHistoryBefore(seenAt + cutAfter, engine);
    ledger.save(engine, wideRecord(1), run());
    ledger.close();
    const again = openLedger(path);
    expect(again.load(otherEngine).images.size > 0).toBe(stays);
    expect(again.load(engine)).toEqual(wideRecord(1));
    again.close();
  });
});
