import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/uses/checkpoint.js";
import { type Deed, deedKinds, SimulatedEngine } from "./simulated-engine.js";

function deeds(kinds: readonly Deed["kind"][], maxLength: number): fc.Arbitrary<Deed[]> {
  const deed = fc.record({ kind: fc.constantFrom(...kinds), first: fc.nat(50), second: fc.nat(50) });
  return fc.array(deed, { maxLength });
}

/** Deeds whose events say exactly which image they are about. */
const plain = [
  "build",
  "tag",
  "create",
  "create-by-id",
  "create-by-short-id",
  "start",
  "end",
  "noise",
] as const;

/** With an empty buffer, the next observation could not prove that it goes on where this one ended. */
const somethingToRecognise: Deed = { kind: "noise", first: 0, second: 0 };

const runs = { numRuns: 2000 };

describe("replaying a history", () => {
  it("never takes an image for less recently used than it was", () => {
    fc.assert(
      fc.property(deeds(deedKinds, 40), deeds(deedKinds, 60), (before, after) => {
        const engine = new SimulatedEngine();
        for (const deed of [...before, somethingToRecognise]) engine.do(deed);
        const first = engine.observe(emptyRecord, engine.events);
        for (const deed of after) engine.do(deed);
        const second = engine.observe(first, engine.events);
        const older = engine.imageIds.filter((id) => {
          const known = first.images.get(id)?.lastUsedAt ?? 0;
          return (second.images.get(id)?.lastUsedAt ?? -1) < Math.max(engine.truth.get(id) ?? 0, known);
        });
        expect(older).toEqual([]);
      }),
      runs,
    );
  });

  it("knows the last use exactly where the events say which image they are about", () => {
    fc.assert(
      fc.property(deeds(["build"], 5), deeds(plain, 80), (before, after) => {
        const engine = new SimulatedEngine();
        for (const deed of [...before, somethingToRecognise]) engine.do(deed);
        const first = engine.observe(emptyRecord, engine.events);
        for (const deed of after) engine.do(deed);
        const second = engine.observe(first, engine.events);
        for (const id of first.images.keys()) {
          const used = Math.max(engine.truth.get(id) ?? 0, first.images.get(id)?.lastUsedAt ?? 0);
          const seen = second.images.get(id)?.lastUsedAt;
          // An image that is held is used until now, which is a little later than the last thing that happened.
          if (second.images.get(id)?.lastUseKind === "in-use") expect(seen).toBe(second.checkpoint?.at);
          else expect(seen).toBe(used);
        }
      }),
      runs,
    );
  });

  it("comes to the same in two pieces as in one", () => {
    fc.assert(
      fc.property(deeds(["build"], 5), deeds(plain, 40), deeds(plain, 40), (before, early, late) => {
        const engine = new SimulatedEngine();
        for (const deed of [...before, somethingToRecognise]) engine.do(deed);
        const start = engine.observe(emptyRecord, engine.events);
        for (const deed of early) engine.do(deed);
        const middle = engine.observe(start, engine.events);
        for (const deed of late) engine.do(deed);
        const inTwo = engine.observe(middle, engine.events);
        const inOne = engine.observe(start, engine.events);
        for (const id of start.images.keys()) {
          const [two, one] = [inTwo.images.get(id), inOne.images.get(id)];
          if (one?.lastUseKind === "in-use") continue;
          expect(two?.lastUsedAt).toBe(one?.lastUsedAt);
        }
      }),
      runs,
    );
  });

  it("changes nothing when the same events are replayed again", () => {
    fc.assert(
      fc.property(deeds(deedKinds, 60), (history) => {
        const engine = new SimulatedEngine();
        for (const deed of [...history, somethingToRecognise]) engine.do(deed);
        const once = engine.observe(emptyRecord, engine.events);
        const again = engine.observe({ ...once, checkpoint: null }, engine.events);
        for (const [id, { lastUsedAt, lastUseKind }] of once.images) {
          if (lastUseKind !== "in-use") expect(again.images.get(id)?.lastUsedAt).toBe(lastUsedAt);
        }
      }),
      runs,
    );
  });

  it("holds on a history of more than 10,000 containers, tags and images", () => {
    const engine = new SimulatedEngine();
    let seed = 12345;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648);
    let record = emptyRecord;
    let read = 0;
    for (let round = 0; round < 20; round += 1) {
      for (let count = 0; count < 500; count += 1) {
        const kind = deedKinds[(random() >> 8) % deedKinds.length] ?? "noise";
        engine.do({ kind, first: random() >> 8, second: random() >> 8 });
      }
      // The anchor is the last event that the previous round has read.
      record = engine.observe(record, engine.events.slice(Math.max(0, read - 1)));
      read = engine.events.length;
      expect(record.checkpoint?.observedMs).toBeGreaterThan(0);
      const older = engine.imageIds.filter(
        (id) => (record.images.get(id)?.lastUsedAt ?? -1) < (engine.truth.get(id) ?? 0),
      );
      expect(older).toEqual([]);
    }
    expect(engine.events.length).toBeGreaterThan(10_000);
  });
});
