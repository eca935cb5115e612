import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import type { Engine, OtherBytes } from "../../../src/engine/port.js";
import { renderQuiet } from "../../support/render-quiet.js";
import { layerOf } from "../../practice-engine/recipe.js";
import { minute, otherwise, startScene, type RunOptions, type Scene } from "../../support/scene.js";

const mega = 1_000_000;
const [base, own] = [10 * mega, 5 * mega];

interface Packed {
  readonly base: number;
  readonly own: number;
}

/** Four images on one base in a containerd store whose files nobody can read. They are used one after the other. */
async function sceneOf(): Promise<Scene> {
  const scene = await startScene({ apiVersion: "1.51", store: "containerd" });
  for (const n of [1, 2, 3, 4]) {
    scene.clock.pass(minute);
    const layers = [layerOf("base", base), layerOf(`own ${n}`, own)];
    scene.engine.load({ name: `app:${n}`, content: `${n}`, layers, megabytes: 0 });
  }
  return scene;
}

const nothingElse: OtherBytes = { containers: 0, buildCache: 0 };

interface Account {
  readonly packed: Packed;
  /** What the engine keeps beside its images, at each reading. */
  readonly others?: (reading: number) => OtherBytes;
  /** What its account has that nobody tells of, at each reading. */
  readonly untold?: (reading: number) => number;
}

/** Tells of each image how much content it has, and keeps an account of all of it, and of whatever else there is. */
function keeping({ packed, others = () => nothingElse, untold = () => 0 }: Account): RunOptions {
  let readings = 0;
  const engine = (real: Engine): Engine =>
    otherwise(real, {
      inspectDetails: async (id) => {
        const answer = await real.inspectDetails(id);
        if (answer.kind !== "found" || answer.value.content === null) return answer;
        const platform = { ...answer.value.content.platform, contentBytes: packed.base + packed.own };
        return { ...answer, value: { ...answer.value, content: { ...answer.value.content, platform } } };
      },
      readImageBytes: async () => {
        const { containers, buildCache } = others(readings);
        const more = containers + buildCache + untold(readings);
        const count = (await real.listImages()).length;
        return base + packed.base + count * (own + packed.own) + more;
      },
      readOtherBytes: () => Promise.resolve(others(readings++)),
    });
  return { engine };
}

const limits = { quotaBytes: 28 * mega, keepRecent: 0, graceMs: 0 };

function endOf(report: RunReport) {
  return {
    exitCode: exitCodeOf(report),
    removed: report.images.flatMap(({ image, outcome }) => (outcome === "removed" ? image.tags : [])),
  };
}

describe("a quota that goes by estimates", () => {
  // By what each image has, the base packs to anything up to 5 MB. That is taken for 2.5 MB.
  const account: Account = { packed: { base: 0, own: 5 * mega } };

  it("is not met by what was planned: exit 6, said in one line, and the next run goes on as its dry run says", async () => {
    const scene = await sceneOf();
    const report = await scene.run(limits, keeping(account));
    expect(endOf(report)).toEqual({ exitCode: 6, removed: ["app:1", "app:2"] });
    expect(report.usage.afterBytes).toBe(30 * mega);
    const said = renderQuiet(report).filter((line) => line.includes("is not met yet"));
    expect(said).toEqual([
      expect.stringMatching(/28\.6 MiB stay\. .* the next run uses the corrected sizes/),
    ]);

    const dry = await scene.run(limits, { ...keeping(account), mode: "dry-run" });
    expect(Math.abs(dry.usage.beforeBytes - 30 * mega)).toBeLessThan(1000);
    const goes = dry.images.flatMap(({ image, verdict }) => (verdict.kind === "remove" ? image.tags : []));
    expect(goes).toEqual(["app:3"]);
    expect(endOf(await scene.run(limits, keeping(account)))).toEqual({ exitCode: 0, removed: ["app:3"] });
  });

  it("is met where the images have less than was estimated", async () => {
    const scene = await sceneOf();
    const report = await scene.run(limits, keeping({ packed: { base: 5 * mega, own: 0 } }));
    expect(endOf(report)).toEqual({ exitCode: 0, removed: ["app:1", "app:2"] });
    expect(report.usage.afterBytes).toBe(25 * mega);
  });

  it("learns from the change where containers and the build cache are in the account as well", async () => {
    const scene = await sceneOf();
    const others = () => ({ containers: 70 * mega, buildCache: 900 * mega });
    const report = await scene.run(limits, keeping({ ...account, others }));
    expect(endOf(report).exitCode).toBe(6);
    expect(Math.abs((report.usage.afterBytes ?? 0) - 30 * mega)).toBeLessThan(1000);
  });

  it("takes what the build cache gets meanwhile for nothing of the images", async () => {
    const scene = await sceneOf();
    const others = (reading: number) => ({ containers: 0, buildCache: reading * 500 * mega });
    const report = await scene.run(
      limits,
      keeping({ packed: { base: 2.5 * mega, own: 2.5 * mega }, others }),
    );
    expect(endOf(report)).toEqual({ exitCode: 0, removed: ["app:1", "app:2"] });
  });

  it("is not met either where the account lost less than images can share, until it has", async () => {
    const scene = await sceneOf();
    // Every removal leaves 4 MB, for a reason that nobody knows.
    const leaving = (reading: number) => reading * 8 * mega;
    const first = await scene.run(limits, keeping({ packed: { base: 0, own: 0 }, untold: leaving }));
    expect(endOf(first)).toEqual({ exitCode: 6, removed: ["app:1"] });
    const dry = await scene.run(limits, { ...keeping({ packed: { base: 0, own: 0 } }), mode: "dry-run" });
    expect(dry.usage.beforeBytes).toBe(first.usage.afterBytes);
    const staying = () => 8 * mega;
    const second = await scene.run(limits, keeping({ packed: { base: 0, own: 0 }, untold: staying }));
    expect(endOf(second)).toEqual({ exitCode: 0, removed: ["app:2"] });
  });

  it("learns nothing where an image came meanwhile", async () => {
    const scene = await sceneOf();
    scene.practice.onRequest = (method) => {
      if (method === "DELETE" && scene.names().length === 4)
        scene.engine.load({ name: "late:1", content: "late", megabytes: 9 });
      return undefined;
    };
    const report = await scene.run(limits, keeping(account));
    expect(report.unmetLimits).toEqual([]);
    expect(scene.record().layers.shown).toBeUndefined();
  });
});
