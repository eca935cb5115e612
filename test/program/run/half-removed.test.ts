import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import { Failure } from "../../../src/core/text/failure.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Engine } from "../../../src/engine/port.js";
import type { Ledger } from "../../../src/ledger/port.js";
import { openLedger, openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { query } from "../../support/ledger/query.js";
import { look, temporaryFolder } from "../../support/ledger/temporary-folder.js";
import type { Fault } from "../../practice-engine/fault.js";
import { everything, hour, imageIn, startScene, type Scene } from "../../support/scene.js";

const broken: Fault = { kind: "answer", status: 500, body: { message: "boom" } };
const names = ["app:1", "app:2", "registry.example:5000/team/app:1", "team/app:latest"];

/** Ends the run at its n-th removal as a kill does: nothing is put back, written or said after it. */
function killedAt(number: number): (real: Engine) => Engine {
  return (real) => {
    let removals = 0;
    const remove: Engine["remove"] = (reference) => {
      if (++removals === number) throw new Error("killed");
      return real.remove(reference);
    };
    return new Proxy(real, {
      get: (target, key) => {
        if (key === "remove") return remove;
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  };
}

/** `lost`: the names that are gone, in the order in which the engine had listed them. */
async function killedScene(number = 2): Promise<{ scene: Scene; id: ImageId; lost: string[] }> {
  const scene = await startScene({ ledgerPath: join(temporaryFolder(), "ledger.db") });
  const id = scene.engine.load({ name: names });
  await scene.run();
  scene.clock.pass(hour);
  await killRun(scene, number);
  return { scene, id, lost: noted(scene).filter((name) => !scene.names().includes(name)) };
}

async function killRun(scene: Scene, number = 2): Promise<void> {
  await expect(scene.run(everything, { engine: killedAt(number) })).rejects.toThrow("killed");
}

function noted(scene: Scene): string[] {
  return query(scene.ledgerPath, "SELECT name FROM leaving_name ORDER BY ordinal").map(
    (row) => (row as { name: string }).name,
  );
}

function refuseNames({ practice }: Scene): void {
  practice.onRequest = (method) => (method === "POST" ? broken : undefined);
}

function failFirstLook({ practice }: Scene): void {
  let looks = 0;
  practice.onRequest = (_, path) => (path.startsWith("/images/sha256") && ++looks === 1 ? broken : undefined);
}

describe("an image that a killed run left with some of its names", () => {
  it.each([2, 3, 4])("has them all again after the next run: killed at removal %i", async (number) => {
    const { scene, id, lost } = await killedScene(number);
    expect(lost).toHaveLength(number - 1);
    const report = await scene.run();
    expect(scene.names()).toEqual(names);
    expect(imageIn(report, id).image.tags.toSorted()).toEqual(names);
    expect(report.warnings).toEqual([
      `The removal of ${id.slice(7, 19)} was cut off half-way: that run, or the engine, came to a sudden end. Given back: ${lost.join(", ")}.`,
    ]);
    expect(noted(scene)).toEqual([]);
    expect((await scene.run()).warnings).toEqual([]);
  });

  it("is not used by that: the same run removes it for good", async () => {
    const { scene, id } = await killedScene();
    const before = scene.recordOf(id);
    scene.engine.tag(id, "app:1");
    await scene.run();
    // That tag was somebody's, though of a name that was given back as well.
    expect(scene.recordOf(id).lastUsedAt).toBeGreaterThan(before.lastUsedAt);
    const used = scene.recordOf(id);
    scene.clock.pass(hour);
    await killRun(scene);
    const report = await scene.run({ maxAgeMs: hour });
    expect(imageIn(report, id).lastUse.at).toBe(used.lastUsedAt);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.names()).toEqual([]);
    expect(noted(scene)).toEqual([]);
  });

  it("was used where somebody gave it the name that was to be given back, and once more in the same run", async () => {
    const { scene, id, lost } = await killedScene();
    const usedAt = scene.clock.time;
    // After the name was given back, before the events are read.
    scene.before("GET", /^\/images\/json/, () => scene.engine.tag(id, lost[0] ?? ""));
    await scene.run();
    // An event of the last millisecond is left to the next run.
    await scene.run();
    expect(scene.recordOf(id).lastUseKind).toBe("tag");
    expect(scene.recordOf(id).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
  });

  it("leaves a name with whom somebody has given it to meanwhile, and gets the others", async () => {
    const { scene, id, lost } = await killedScene(3);
    const [taken = "", free = ""] = lost;
    const other = scene.engine.load({ name: taken, megabytes: 5 });
    const report = await scene.run();
    expect(scene.engine.images.find(taken)?.id).toBe(other);
    expect(scene.engine.images.find(free)?.id).toBe(id);
    expect(scene.requests("POST")).toHaveLength(1);
    expect(report.warnings.join()).toContain(`Given back: ${free}.`);
    expect(noted(scene)).toEqual([]);
  });

  it("is forgotten where somebody has removed it", async () => {
    const { scene, id } = await killedScene();
    scene.engine.removeImage(id, { force: true });
    const report = await scene.run();
    expect(report.warnings).toEqual([]);
    expect(noted(scene)).toEqual([]);
  });

  it("is told of, and nothing more, in a dry run", async () => {
    const { scene, id, lost } = await killedScene();
    const folder = join(scene.ledgerPath, "..");
    const [before, namesBefore] = [look(folder), scene.names()];
    scene.practice.requests.length = 0;
    const report = await scene.run(everything, { mode: "dry-run" });
    expect(report.warnings).toEqual([
      `The removal of ${id.slice(7, 19)} was cut off half-way: that run, or the engine, came to a sudden end. ` +
        `The next run gives back first: ${lost.join()}.`,
    ]);
    expect(scene.practice.requests.every(({ method }) => method === "GET")).toBe(true);
    expect(look(folder)).toEqual(before);
    expect(scene.names()).toEqual(namesBefore);
  });

  it("is judged by all its names in a dry run and where they cannot be given back, as in the run that gives them back", async () => {
    const { scene, id, lost } = await killedScene();
    const rules = { ...everything, only: ["**/*:*"], keep: [lost[0] ?? ""] };
    const dry = await scene.run(rules, { mode: "dry-run" });
    expect(imageIn(dry, id).verdict).toMatchObject({ kind: "keep", reasons: ["keep-rule"] });
    refuseNames(scene);
    const refused = await scene.run(rules);
    expect(imageIn(refused, id)).toMatchObject({ verdict: { kind: "keep" }, outcome: null });
    scene.practice.onRequest = undefined;
    const run = await scene.run({ ...everything, only: names.filter((name) => !lost.includes(name)) });
    expect(imageIn(run, id).verdict).toMatchObject({ kind: "keep", reasons: ["out-of-scope"] });
    expect(scene.names()).toEqual(names);
  });

  it("is listed by a dry run where the run removes it for a name that it is given back", async () => {
    const { scene, id, lost } = await killedScene();
    const rules = { ...everything, only: names };
    const dry = await scene.run(rules, { mode: "dry-run" });
    expect(imageIn(dry, id).verdict.kind).toBe("remove");
    expect(imageIn(dry, id).image.missingTags).toEqual(lost);
    expect(imageIn(await scene.run(rules), id).outcome).toBe("removed");
  });

  it.each<[string, (scene: Scene) => void]>([
    ["refuses a name", refuseNames],
    ["cannot tell of the image", failFirstLook],
  ])("is tried again where the engine %s", async (_, spoil) => {
    const { scene, id, lost } = await killedScene(3);
    spoil(scene);
    const report = await scene.run();
    expect(report.warnings.join()).toMatch(
      /a sudden end\. (Could not be given back yet: |Its names could not be checked now)/,
    );
    expect(exitCodeOf(report)).toBe(0);
    expect(noted(scene)).toEqual(expect.arrayContaining(lost));
    scene.practice.onRequest = undefined;
    await scene.run();
    expect(scene.names()).toEqual(names);
    expect(scene.engine.images.find(lost[0] ?? "")?.id).toBe(id);
    expect(noted(scene)).toEqual([]);
  });

  it.each<[string, (scene: Scene) => void]>([
    ["refuses the name", refuseNames],
    ["could not tell of the image before", failFirstLook],
  ])(
    "loses no name from the note when the next run is killed at it, too, and the engine %s",
    async (_, spoil) => {
      const { scene, lost } = await killedScene();
      spoil(scene);
      await killRun(scene);
      scene.practice.onRequest = undefined;
      expect(noted(scene)).toEqual(expect.arrayContaining(lost));
      await scene.run();
      expect(scene.names()).toEqual(names);
    },
  );

  it("cannot get a digest back, which is said once", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "one.example/app:1", content: "same" });
    scene.engine.pull({ name: "two.example/app:1", content: "same" });
    const before = scene.names();
    await killRun(scene);
    const lost = before.filter((name) => !scene.names().includes(name));
    expect(lost.map((name) => name.includes("@")).sort()).toEqual([false, true]);
    const report = await scene.run();
    const [tag, digest] = [lost.find((name) => !name.includes("@")), lost.find((name) => name.includes("@"))];
    expect(report.warnings).toEqual([
      `The removal of ${id.slice(7, 19)} was cut off half-way: that run, or the engine, came to a sudden end. ` +
        `Given back: ${String(tag)}. Can only be pulled again: ${String(digest)}.`,
    ]);
    expect((await scene.run()).warnings).toEqual([]);
    expect(noted(scene)).toEqual([]);
  });
});

describe("what is about to go is noted", () => {
  /** A ledger in memory that counts the notes, or refuses them. */
  function countingLedger(scene: Scene, refuse: boolean): { ledger: Ledger; notes: (readonly string[])[] } {
    const real = openLedgerInMemory(scene.ledgerPath);
    const notes: (readonly string[])[] = [];
    const ledger: Ledger = {
      load: (engine) => real.load(engine),
      save: (engine, record, run) => real.save(engine, record, run),
      leavingNames: (engine) => real.leavingNames(engine),
      noteLeavingNames: (engine, image, noting) => {
        if (refuse) throw new Failure("ledger", "The disk is full.");
        notes.push(noting);
        real.noteLeavingNames(engine, image, noting);
      },
      observationBefore: () => null,
      usePast: (engine) => real.usePast(engine),
      removedImages: (engine) => real.removedImages(engine),
      lastRun: () => null,
      removedSince: () => [],
      useLogs: () => ledger.useLogs(),
      usesByImage: () => ledger.usesByImage(),
      history: () => [],
      removals: () => [],
      countRun: () => undefined,
      countUnwrittenMetrics: () => undefined,
      totals: () => real.totals(),
      trustedTime: (now) => now,
      forgetHistoryBefore: () => undefined,
      close: () => real.close(),
    };
    return { ledger, notes };
  }

  it("once before the first name goes and once at the end, and not at all where there is one name", async () => {
    const scene = await startScene();
    scene.engine.load({ name: names });
    for (const number of [1, 2, 3]) scene.engine.load({ name: `single:${number}` });
    scene.engine.load({});
    const { ledger, notes } = countingLedger(scene, false);
    await scene.run(everything, { ledger });
    expect(scene.engine.images.size).toBe(0);
    expect(notes.map((noting) => noting.toSorted())).toEqual([names, []]);
  });

  it.each<[string, Fault | undefined, string[]]>([
    ["refuses, and takes all names back", broken, []],
    ["goes on", undefined, []],
  ])("and over when the engine %s", async (_, fault, left) => {
    const scene = await startScene();
    scene.engine.load({ name: names });
    let removals = 0;
    scene.practice.onRequest = (method) => (method === "DELETE" && ++removals === 2 ? fault : undefined);
    await scene.run(everything);
    expect(noted(scene)).toEqual(left);
  });

  it("and stays noted as far as names could not be put back", async () => {
    const scene = await startScene();
    scene.engine.load({ name: names });
    let removals = 0;
    scene.practice.onRequest = (method) => {
      if (method === "DELETE" && ++removals === 3) return broken;
      return method === "POST" ? broken : undefined;
    };
    await scene.run(everything);
    expect(noted(scene)).toHaveLength(2);
    expect(noted(scene).filter((name) => scene.names().includes(name))).toEqual([]);
    scene.practice.onRequest = undefined;
    await scene.run();
    expect(scene.names()).toEqual(names);
  });

  it("or no name goes: images with one name go all the same", async () => {
    const scene = await startScene();
    const id = scene.engine.load({ name: names });
    scene.engine.load({ name: "single:1" });
    const { ledger } = countingLedger(scene, true);
    const report = await scene.run(everything, { ledger });
    expect(scene.names()).toEqual(names);
    expect(imageIn(report, id)).toMatchObject({ outcome: "skipped" });
    expect(imageIn(report, id).outcomeDetail).toContain("The disk is full.");
  });

  it("for the engine in hand alone", async () => {
    const { scene } = await killedScene();
    const ledger = openLedger(scene.ledgerPath);
    expect(ledger.leavingNames({ key: "another" })).toEqual(new Map());
    ledger.close();
  });
});
