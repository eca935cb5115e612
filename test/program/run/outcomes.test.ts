import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import { Failure } from "../../../src/core/text/failure.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Ledger } from "../../../src/ledger/port.js";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { rejectionOf } from "../../support/failure-of.js";
import type { Fault } from "../../practice-engine/fault.js";
import {
  everything,
  imageIn,
  minute,
  outcomesOf,
  second as oneSecond,
  startScene,
  type Scene,
} from "../../support/scene.js";

const broken: Fault = { kind: "answer", status: 500, body: { message: "driver failed: device busy" } };

/** The fault for removals of one image alone. */
function removing(id: string, fault: Fault) {
  return (method: string, path: string) =>
    method === "DELETE" && path.startsWith(`/images/${id}`) ? fault : undefined;
}

/** Calls back when the n-th image that is to go is looked at. The containers are listed before the first of them, and before the plan. */
function beforeLook(
  scene: Scene,
  number: number,
  deed: () => unknown,
  otherwise: (method: string, path: string) => void = () => undefined,
): void {
  let [listings, isDone] = [0, false];
  scene.practice.onRequest = (method, path) => {
    const isLook =
      number === 1
        ? path.startsWith("/containers/json") && ++listings === 2
        : /^\/images\/sha256:\w+\/json/.test(path) && scene.deletes().length === number - 1;
    if (isLook && !isDone) {
      isDone = true;
      deed();
    } else otherwise(method, path);
    return undefined;
  };
}

async function threeImages() {
  const scene = await startScene();
  const load = (name: string): ImageId => {
    scene.clock.pass(oneSecond);
    return scene.engine.load({ name });
  };
  return { scene, first: load("first:1"), second: load("second:1"), third: load("third:1") };
}

describe("what becomes of a removal", () => {
  it("is removed, oldest use first, and gone from the ledger", async () => {
    const { scene, first, second, third } = await threeImages();
    const report = await scene.run(everything);
    expect(outcomesOf(report)).toEqual({ "first:1": "removed", "second:1": "removed", "third:1": "removed" });
    expect(scene.deletes()).toEqual([first, second, third].map((id) => `/images/${id}?noprune=1`));
    expect(scene.names()).toEqual([]);
    expect(scene.record().images.size).toBe(0);
    expect(exitCodeOf(report)).toBe(0);
    expect(report.usage).toMatchObject({
      beforeBytes: 3_000_000,
      plannedFreedBytes: 3_000_000,
      afterBytes: 0,
    });
  });

  it("is gone where somebody else was faster: before the second look, or just behind it", async () => {
    const { scene, second } = await threeImages();
    beforeLook(
      scene,
      1,
      () => scene.engine.removeImage("first:1"),
      (method, path) => {
        if (method === "DELETE" && path.startsWith(`/images/${second}`)) scene.engine.removeImage("second:1");
      },
    );
    const report = await scene.run(everything);
    expect(outcomesOf(report)).toEqual({ "first:1": "gone", "second:1": "gone", "third:1": "removed" });
    expect(exitCodeOf(report)).toBe(0);
    expect(scene.record().images.size).toBe(0);
  });

  it("is removed where the engine fails after the deed", async () => {
    const { scene, first, second } = await threeImages();
    scene.practice.onRequest = (method, path) => {
      if (method !== "DELETE" || !path.startsWith(`/images/${first}`)) return undefined;
      scene.engine.removeImage(first);
      return broken;
    };
    const report = await scene.run(everything);
    expect(imageIn(report, first)).toMatchObject({ outcome: "removed" });
    expect(imageIn(report, second)).toMatchObject({ outcome: "removed" });
    expect(exitCodeOf(report)).toBe(0);
  });

  it.each<[string, Fault]>([
    ["is cut off", { kind: "cut", afterBytes: 0 }],
    ["is cut in the middle", { kind: "cut", afterBytes: 10 }],
    ["is nonsense", { kind: "transform", body: () => "banana" }],
    ["is of a wrong type", { kind: "transform", body: () => '{"ok":true}' }],
    ["is empty, as Podman's may be", { kind: "transform", body: () => "[]" }],
  ])("is removed where the answer %s", async (_, fault) => {
    const { scene, second } = await threeImages();
    scene.practice.onRequest = removing(second, fault);
    const report = await scene.run(everything);
    expect(new Set(Object.values(outcomesOf(report)))).toEqual(new Set(["removed"]));
    expect(scene.names()).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it.each<[string, Fault, string]>([
    ["answers 500", broken, "The engine says: driver failed: device busy (HTTP status 500)."],
    ["answers 403", { kind: "answer", status: 403, body: { message: "denied" } }, "The engine says: denied"],
    ["does not answer", { kind: "hang" }, "did not finish its answer to DELETE"],
    ["says that it is done, and is not", { kind: "answer", status: 200, body: [] }, "but still has it"],
  ])("is failed where the engine %s; the others go on", async (_, fault, detail) => {
    const { scene, second } = await threeImages();
    scene.practice.onRequest = removing(second, fault);
    const report = await scene.run(everything, { timeoutMs: 500 });
    expect(outcomesOf(report)).toEqual({ "first:1": "removed", "second:1": "failed", "third:1": "removed" });
    expect(imageIn(report, second).outcomeDetail).toContain(detail);
    expect(imageIn(report, second).outcomeDetail).not.toMatch(/says: The engine|[.][.]/);
    expect(scene.names()).toEqual(["second:1"]);
    expect(exitCodeOf(report)).toBe(3);
    expect([...scene.record().images.keys()]).toEqual([second]);
    expect(report.usage.afterBytes).toBe(1_000_000);
    expect(scene.deletes().filter((path) => path.includes(second))).toHaveLength(1);
  });

  it("is no use of an image whose names were put back when its removal failed", async () => {
    const { scene, first } = await threeImages();
    scene.engine.tag(first, "first:2");
    await scene.run();
    const before = scene.recordOf(first);
    scene.clock.pass(5 * minute);
    scene.practice.onRequest = removing(first, broken);
    const report = await scene.run(everything);
    expect(imageIn(report, first).outcome).toBe("failed");
    expect(scene.requests("POST")).not.toEqual([]);
    expect(scene.recordOf(first)).toMatchObject({ lastUsedAt: before.lastUsedAt, lastUseKind: "tag" });
    // Somebody else's is one.
    const taggedAt = scene.clock.time;
    scene.engine.tag(first, "first:2");
    await scene.run();
    expect(scene.recordOf(first).lastUsedAt).toBeGreaterThanOrEqual(taggedAt);
  });

  it("keeps the last use of an image whose removal failed, so that the next run tries again", async () => {
    const { scene, first } = await threeImages();
    await scene.run();
    const before = scene.recordOf(first);
    scene.clock.pass(5 * minute);
    scene.practice.onRequest = removing(first, broken);
    await scene.run(everything);
    expect(scene.recordOf(first)).toEqual(before);
    scene.practice.onRequest = undefined;
    expect(outcomesOf(await scene.run(everything))).toEqual({ "first:1": "removed" });
  });

  it("is refused where the image came into use between the last look and the removal: that is a use", async () => {
    const { scene, second } = await threeImages();
    await scene.run();
    scene.clock.pass(60 * minute);
    const usedAt = scene.clock.time;
    scene.before("DELETE", new RegExp(second), () =>
      scene.engine.createContainer("second:1", { name: "late" }),
    );
    const report = await scene.run(everything);
    expect(outcomesOf(report)).toEqual({ "first:1": "removed", "second:1": "refused", "third:1": "removed" });
    expect(imageIn(report, second).outcomeDetail).toBe("It is in use now by container:late.");
    expect(scene.names()).toEqual(["second:1"]);
    expect(scene.recordOf(second).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
    expect(exitCodeOf(report)).toBe(6);
  });

  it("is refused, and a use, also when nothing else is left to tell of it in the end", async () => {
    const { scene, second } = await threeImages();
    await scene.run();
    scene.clock.pass(60 * minute);
    const usedAt = scene.clock.time;
    let container: string | null = null;
    scene.practice.onRequest = (method, path) => {
      if (method === "DELETE" && path.includes(second)) container = scene.engine.createContainer("second:1");
      if (path.startsWith("/images/json") && container !== null) {
        scene.engine.removeContainer(container);
        container = null;
        scene.engine.restart();
      }
      return undefined;
    };
    const report = await scene.run(everything);
    expect(imageIn(report, second).outcome).toBe("refused");
    expect(scene.engine.containers.size).toBe(0);
    expect(scene.recordOf(second).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
    expect(scene.recordOf(second).lastUseKind).toBe("refused");
  });
});

describe("the second look before a removal", () => {
  it.each<[string, (name: string) => object]>([
    ["a container", (name) => ({ name: "new", image: name })],
    ["an image mount", (name) => ({ name: "new", image: "keep:1", imageMounts: [name] })],
  ])("skips an image that %s has come to use since the plan", async (_, how) => {
    const { scene, second } = await threeImages();
    scene.engine.load({ name: "keep:1" });
    beforeLook(scene, 2, () => {
      const { image, ...options } = how("second:1") as { image: string };
      scene.engine.createContainer(image, options);
    });
    const report = await scene.run({ ...everything, keep: ["keep:*"] });
    expect(outcomesOf(report)).toMatchObject({
      "first:1": "removed",
      "second:1": "skipped",
      "third:1": "removed",
    });
    expect(imageIn(report, second).outcomeDetail).toMatch(/^It is in use now by (container|mount):new\.$/);
    expect(scene.deletes().join()).not.toContain(second);
    expect(scene.recordOf(second).lastUseKind).toBe("in-use");
  });

  it("skips an image whose tag has moved since the plan, and leaves the other its name", async () => {
    const { scene, second } = await threeImages();
    beforeLook(scene, 2, () => scene.engine.load({ name: "second:1", megabytes: 7 }));
    const report = await scene.run(everything);
    expect(imageIn(report, second)).toMatchObject({
      outcome: "skipped",
      outcomeDetail: "Its names have changed since the plan.",
    });
    expect(scene.names()).toEqual(["second:1", second].sort());
    expect(scene.deletes().join()).not.toContain(second);
    expect(exitCodeOf(report)).toBe(6);
  });

  it("skips an image that has got another name since the plan", async () => {
    const { scene, second } = await threeImages();
    beforeLook(scene, 2, () => scene.engine.tag(second, "release:1"));
    const report = await scene.run(everything);
    expect(imageIn(report, second).outcome).toBe("skipped");
    expect(scene.names()).toEqual(["release:1", "second:1"]);
  });
});

describe("images that hold on to each other", () => {
  it("go child first, then parent", async () => {
    const scene = await startScene();
    const parent = scene.engine.load({ name: "base:1" });
    const child = scene.engine.build({ parent, name: "app:1" });
    const grandchild = scene.engine.build({ parent: child, name: "app:2" });
    const report = await scene.run(everything);
    expect(scene.deletes()).toEqual([grandchild, child, parent].map((id) => `/images/${id}?noprune=1`));
    expect(new Set(Object.values(outcomesOf(report)))).toEqual(new Set(["removed"]));
  });

  it("stay together: the untagged parent of an image in use is not attempted", async () => {
    const scene = await startScene();
    const parent = scene.engine.load({ name: "base:1" });
    const child = scene.engine.build({ parent, name: "app:1" });
    scene.engine.untag("base:1");
    scene.engine.createContainer("app:1");
    const report = await scene.run(everything);
    expect(scene.deletes()).toEqual([]);
    expect(imageIn(report, parent).verdict).toEqual({ kind: "keep", reasons: ["parent-of-kept"] });
    expect(imageIn(report, child).verdict).toEqual({ kind: "keep", reasons: ["in-use"] });
  });

  it("never take an untagged parent along that is not on the plan", async () => {
    const scene = await startScene();
    const parent = scene.engine.load({ name: "base:1" });
    const child = scene.engine.build({ parent, name: "app:1" });
    scene.engine.untag("base:1");
    const report = await scene.run({ ...everything, maxRemovals: 1 });
    expect(imageIn(report, child).outcome).toBe("removed");
    expect(scene.names()).toEqual([parent]);
  });

  it("are refused where a child has come since the plan", async () => {
    const scene = await startScene();
    const parent = scene.engine.load({ name: "base:1" });
    scene.before("DELETE", new RegExp(parent), () => scene.engine.build({ parent, name: "app:1" }));
    const report = await scene.run(everything);
    expect(imageIn(report, parent)).toMatchObject({ outcome: "refused" });
    expect(imageIn(report, parent).outcomeDetail).toContain("image has dependent child images");
    expect(scene.names()).toEqual(["app:1", "base:1"]);
    expect(exitCodeOf(report)).toBe(6);
  });
});

describe("an image without a tag", () => {
  it("goes by its ID: dangling", async () => {
    const scene = await startScene();
    const dangling = scene.engine.load({});
    const report = await scene.run(everything);
    expect(imageIn(report, dangling).outcome).toBe("removed");
    expect(scene.deletes()).toEqual([`/images/${dangling}?noprune=1`]);
  });

  it("goes by its ID: with a digest alone", async () => {
    const scene = await startScene();
    const first = scene.engine.pull({ name: "registry.example/app:1" });
    scene.engine.pull({ name: "registry.example/app:1", megabytes: 3 });
    const report = await scene.run({ ...everything, keep: ["registry.example/app:1"] });
    expect(imageIn(report, first)).toMatchObject({ outcome: "removed", image: { tags: [] } });
    expect(imageIn(report, first).image.digests).toHaveLength(1);
    expect(scene.names().some((name) => name === "registry.example/app:1")).toBe(true);
    expect(scene.engine.images.size).toBe(1);
  });
});

it("an image that only an image mount uses is kept, though the engine would let it go", async () => {
  const scene = await startScene();
  scene.engine.load({ name: "app:1" });
  const tools = scene.engine.load({ name: "tools:1" });
  scene.engine.createContainer("app:1", { name: "web", imageMounts: ["docker.io/library/tools:1"] });
  const report = await scene.run(everything);
  expect(imageIn(report, tools)).toMatchObject({
    verdict: { kind: "keep", reasons: ["in-use"] },
    inUseBy: ["mount:web"],
  });
  expect(scene.deletes()).toEqual([]);
});

describe("a ledger that cannot be written", () => {
  it("means no removal", async () => {
    const { scene } = await threeImages();
    const real = openLedgerInMemory(scene.ledgerPath);
    const ledger: Ledger = {
      load: (engine) => real.load(engine),
      noteLeavingNames: () => undefined,
      leavingNames: () => new Map(),
      observationBefore: () => null,
      usePast: (engine) => real.usePast(engine),
      removedImages: (engine) => real.removedImages(engine),
      lastRun: () => null,
      removedSince: () => [],
      useLogs: () => new Map(),
      usesByImage: () => new Map(),
      history: () => [],
      removals: () => [],
      countRun: () => undefined,
      countUnwrittenMetrics: () => undefined,
      totals: () => real.totals(),
      trustedTime: (now) => now,
      forgetHistoryBefore: () => undefined,
      close: () => real.close(),
      save: () => {
        throw new Failure("ledger", "The disk is full.");
      },
    };
    expect(await rejectionOf(scene.run(everything, { ledger }))).toMatchObject({ code: "ledger" });
    expect(scene.deletes()).toEqual([]);
    expect(scene.names()).toHaveLength(3);
    real.close();
  });
});
