import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Engine } from "../../../src/engine/port.js";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import {
  everything,
  hour,
  imageIn,
  minute,
  otherwise,
  outcomesOf,
  practiceKey,
  startScene,
  type Scene,
} from "../../support/scene.js";

/** Images that go one after the other, and one that a rule keeps. */
async function sceneOf(...going: readonly string[]): Promise<{ scene: Scene; kept: ImageId }> {
  const scene = await startScene();
  const kept = scene.engine.load({ name: "kept:1" });
  for (const name of going) {
    scene.clock.pass(1000);
    scene.engine.load({ name });
  }
  await scene.run();
  scene.clock.pass(hour);
  return { scene, kept };
}

const limits = { ...everything, keep: ["kept:*"] };

/** Calls back before each request to remove an image, with its number. */
function atRemovals(scene: Scene, deeds: Readonly<Record<number, () => void>>): void {
  let count = 0;
  scene.practice.onRequest = (method) => {
    if (method === "DELETE") deeds[++count]?.();
    return undefined;
  };
}

/** Where time really passes, the engine's clock is asked for again. */
function asksTheTime(real: Engine): Engine {
  return otherwise(real, { syncClock: () => real.syncClock(0) });
}

/** The process ends at this request to remove an image, counted from 1. */
function killedAt(last: number): (real: Engine) => Engine {
  let count = 0;
  return (real) =>
    otherwise(asksTheTime(real), {
      remove: (name) => (++count === last ? Promise.reject(new Error("killed")) : real.remove(name)),
    });
}

function useAndPass({ engine, clock }: Scene, name: string): () => void {
  return () => {
    engine.run(name);
    clock.pass(6 * minute);
  };
}

function historyOf({ ledgerPath }: Scene) {
  const ledger = openLedgerInMemory(ledgerPath);
  try {
    return { runs: ledger.history().flatMap(({ runs }) => runs), totals: ledger.totals() };
  } finally {
    ledger.close();
  }
}

describe("what is seen while images are removed for minutes", () => {
  it("is in the ledger before the run is over: a kill loses no use, and no removal", async () => {
    const { scene, kept } = await sceneOf("first:1", "second:1", "third:1");
    atRemovals(scene, { 1: useAndPass(scene, "kept:1") });
    const from = scene.clock.time;
    await expect(scene.run(limits, { engine: killedAt(2) })).rejects.toThrow("killed");

    expect(scene.recordOf(kept).lastUsedAt).toBeGreaterThanOrEqual(from);
    const [unfinished] = historyOf(scene).runs;
    expect(unfinished).toMatchObject({
      finishedAt: null,
      removals: [{ names: ["first:1"], outcome: "removed" }],
    });

    // All that the engine itself remembered is gone by now.
    for (let time = 0; time < 60; time += 1)
      scene.engine.publish("container", "exec_die", "0".repeat(64), {});
    const { lastUsedAt } = scene.recordOf(kept);
    const next = await scene.run(limits);
    expect(imageIn(next, "kept:1").lastUse.at).toBe(lastUsedAt);
    expect(outcomesOf(next)).toMatchObject({ "second:1": "removed", "third:1": "removed" });
  });

  it("spares an image until the run is over, however long ago it was used", async () => {
    const { scene } = await sceneOf("first:1", "second:1", "third:1");
    atRemovals(scene, { 1: useAndPass(scene, "third:1"), 2: () => scene.clock.pass(6 * minute) });
    const report = await scene.run(limits, { engine: asksTheTime });
    expect(outcomesOf(report)).toMatchObject({
      "first:1": "removed",
      "second:1": "removed",
      "third:1": "skipped",
    });
    expect(imageIn(report, "third:1").outcomeDetail).toBe("It was used after the plan was made.");
  });

  it("is counted once, in one observation without a gap", async () => {
    const { scene } = await sceneOf("first:1", "second:1", "third:1", "fourth:1");
    const before = scene.record().checkpoint?.observedMs ?? NaN;
    const pass = useAndPass(scene, "kept:1");
    atRemovals(scene, { 1: pass, 2: pass, 3: pass });
    const report = await scene.run(limits, { engine: asksTheTime });
    expect(report.observation).toMatchObject({
      gap: null,
      observedMs: scene.record().checkpoint?.observedMs,
    });
    expect(report.observation.observedMs - before).toBeGreaterThan(hour + 18 * minute);
    const { runs, totals } = historyOf(scene);
    const names = ["first:1", "second:1", "third:1", "fourth:1"];
    expect(runs[0]?.removals.map((removal) => removal.names)).toEqual(names.map((name) => [name]));
    expect(totals.outcomes.get("removed")).toBe(4);
    expect(totals.removedImages.get("quota")).toBe(4);
    const ledger = openLedgerInMemory(scene.ledgerPath);
    const { idleTimes, removed } = ledger.usePast({ key: practiceKey });
    ledger.close();
    expect(removed.map((image) => image.names)).toEqual(names.map((name) => [name]));
    expect([...idleTimes.values()]).toEqual([[expect.any(Number)]]);
    expect([...scene.record().images.keys()]).toHaveLength(1);
  });

  it("is no use where a name was given back by us, and one where somebody gives it again later", async () => {
    const { scene } = await sceneOf("first:1");
    const app = scene.engine.load({ name: ["app:1", "app:2"] });
    scene.engine.load({ name: "last:1" });
    await scene.run();
    scene.clock.pass(hour);
    let givenAt = Infinity;
    scene.practice.onRequest = (method, path) => {
      if (method !== "DELETE") return undefined;
      if (path.includes(app)) {
        scene.clock.pass(6 * minute);
        return { kind: "answer", status: 500, body: { message: "device busy" } };
      }
      if (scene.names().includes("app:2") && !scene.names().includes("first:1")) {
        givenAt = scene.clock.time;
        scene.engine.untag("app:2");
        scene.engine.tag(app, "app:2");
      }
      return undefined;
    };
    const lastUsedAt = () => scene.recordOf(app).lastUsedAt;
    const before = lastUsedAt();
    const report = await scene.run(limits, { engine: asksTheTime });
    expect(outcomesOf(report)).toMatchObject({ "app:1": "failed", "last:1": "removed" });
    expect(before).toBeLessThan(givenAt);
    expect(lastUsedAt()).toBeGreaterThanOrEqual(givenAt);
    expect(scene.recordOf(app)).toMatchObject({ lastUseKind: "tag", lastUseBy: "name:app:2" });
  });
});
