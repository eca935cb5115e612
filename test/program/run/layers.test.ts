import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import { plainPalette } from "../../../src/report/layout/palette.js";
import { rejectionOf } from "../../support/failure-of.js";
import { layerOf } from "../../practice-engine/recipe.js";
import { renderRun } from "../../support/render-run.js";
import { everything, hour, imageIn, minute, startScene, type Scene } from "../../support/scene.js";

const megabyte = 1_000_000;
const base = [layerOf("base", 50 * megabyte), layerOf("runtime", 20 * megabyte)];

/** What was asked about single images, and about the disk usage. */
function asked(scene: Scene) {
  const gets = scene.requests("GET");
  return {
    inspected: gets.filter((path) => /^\/images\/.+\/json$/.test(path)).length,
    histories: gets.filter((path) => path.endsWith("/history")).length,
    usages: gets.filter((path) => path.startsWith("/system/df")),
  };
}

function forgetRequests(scene: Scene): void {
  scene.practice.requests.length = 0;
}

describe("the layers of images", () => {
  it("are asked for once: a run that sees no new image makes no call for any of them", async () => {
    const scene = await startScene();
    for (const name of ["a:1", "b:1", "c:1"]) scene.engine.load({ name, layers: base, megabytes: 3 });
    await scene.run();
    expect(asked(scene)).toMatchObject({ inspected: 3, usages: [] });
    forgetRequests(scene);

    scene.clock.pass(minute);
    scene.engine.run("a:1");
    const report = await scene.run({ quotaBytes: 79 * megabyte });

    expect(asked(scene)).toEqual({ inspected: 0, histories: 0, usages: [] });
    expect(report.usage.beforeBytes).toBe(79 * megabyte);
    expect(report.images.every(({ exact }) => exact)).toBe(true);
  });

  it("are asked for of new images alone", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "a:1", layers: base });
    await scene.run();
    forgetRequests(scene);
    const layers = [...base, layerOf("tools", 5 * megabyte)];
    scene.engine.load({ name: "new:1", layers, megabytes: 2 });
    const report = await scene.run();
    expect(asked(scene)).toMatchObject({ inspected: 1, histories: 1 });
    expect(report.usage.beforeBytes).toBe(77 * megabyte);
  });

  it("are told by other images' where all but one are known, so that no history is asked for", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "a:1", layers: base, megabytes: 1 });
    await scene.run();
    expect(asked(scene)).toMatchObject({ inspected: 1, histories: 1 });
    for (let number = 0; number < 20; number += 1)
      scene.engine.load({ name: `b:${number}`, layers: base, megabytes: 2 + number });
    forgetRequests(scene);
    const report = await scene.run();
    expect(asked(scene)).toMatchObject({ inspected: 20, histories: 0 });
    expect(report.usage.beforeBytes).toBe((70 + 1 + 20 * 2 + 190) * megabyte);
    expect(report.images.every(({ exact }) => exact)).toBe(true);
  });

  it("are told by those of the same run as well: each of the eight that ask at once needs one history", async () => {
    const scene = await startScene();
    for (let number = 0; number < 30; number += 1)
      scene.engine.load({ name: `a:${number}`, layers: base, megabytes: 1 });
    const report = await scene.run();
    expect(asked(scene).inspected).toBe(30);
    expect(asked(scene).histories).toBeLessThanOrEqual(8);
    expect(report.usage.beforeBytes).toBe(100 * megabyte);
  });

  it("are forgotten with the image", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "a:1", layers: base, megabytes: 1 });
    scene.engine.load({ name: "b:1", layers: base, megabytes: 1 });
    await scene.run();
    scene.engine.untag("a:1");
    await scene.run();
    expect(scene.record().layers.images.size).toBe(1);
    expect(scene.record().layers.layers.size).toBe(3);
  });

  it("stay in the ledger when a dry run learns them", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "a:1" });
    await scene.run({}, { mode: "dry-run" });
    expect(scene.record().layers.images.size).toBe(0);
  });

  it("of an image that goes just then are done without", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "here:1" });
    const gone = scene.engine.load({ name: "gone:1", megabytes: 9 });
    scene.before("GET", new RegExp(`^/images/${gone}/json`), () => scene.engine.untag("gone:1"));
    const report = await scene.run();
    expect(report.warnings).toEqual([]);
    expect(imageIn(report, gone).exact).toBe(false);
    expect(report.usage.beforeBytes).toBe(megabyte);
  });

  it.each(["json", "history"])(
    "of a damaged image (%s) count as nothing, which is said, and no other goes for them",
    async (what) => {
      const scene = await startScene();
      const odd = scene.engine.load({ name: "odd:1", layers: base, megabytes: 900 });
      scene.clock.pass(hour);
      scene.engine.load({ name: "good:1", megabytes: 10 });
      scene.practice.onRequest = (_, path) =>
        path === `/images/${odd}/${what}`
          ? { kind: "answer", status: 500, body: { message: "layer does not exist" } }
          : undefined;
      const report = await scene.run({ quotaBytes: 20 * megabyte });
      expect(report.images.filter(({ verdict }) => verdict.kind === "remove")).toEqual([]);
      expect(report.warnings).toEqual([
        "The engine does not report the layers of odd:1, so its bytes do not count: layer does not exist (HTTP status 500).",
      ]);
      expect(report.images.some(({ exact }) => exact)).toBe(false);
    },
  );

  it.each([
    ["nonsense", () => "banana"],
    ["a list of layers that is none", (text: string) => text.replace(/"Layers":\[[^\]]*\]/, '"Layers":7')],
    ["a size below zero", (text: string) => text.replace(/"Size":\d+/, '"Size":-1')],
  ])("end the run before any removal when the answer is %s", async (_, body) => {
    const scene = await startScene();
    scene.engine.load({ name: "a:1" });
    scene.practice.onRequest = (method, path) =>
      method === "GET" && /^\/images\/sha256:.+\/json$/.test(path) ? { kind: "transform", body } : undefined;
    expect((await rejectionOf(scene.run(everything))).code).toBe("engine");
    expect(scene.deletes()).toEqual([]);
  });
});

describe("planned and measured bytes", () => {
  async function sceneToClear(apiVersion?: string) {
    const scene = await startScene(apiVersion === undefined ? {} : { apiVersion });
    scene.engine.load({ name: "a:1", layers: base, megabytes: 3 });
    scene.clock.pass(minute);
    scene.engine.load({ name: "b:1", layers: base, megabytes: 4 });
    return scene;
  }

  it.each([
    ["1.41", "/system/df"],
    ["1.45", "/system/df?type=image"],
    ["1.52", "/system/df?type=image"],
  ])(
    "are the same, by the engine's own account, which is read once, after the removals (API %s)",
    async (apiVersion, path) => {
      const scene = await sceneToClear(apiVersion);
      const report = await scene.run(everything);
      expect(asked(scene).usages).toEqual([path]);
      expect(report.usage).toMatchObject({
        beforeBytes: 77 * megabyte,
        plannedFreedBytes: 77 * megabyte,
        measuredFreedBytes: 77 * megabyte,
        afterBytes: 0,
      });
    },
  );

  it("are read from where API 1.52 says them", async () => {
    const scene = await sceneToClear("1.52");
    scene.practice.onRequest = (_, path) =>
      path.startsWith("/system/df")
        ? { kind: "transform", body: (text) => text.replace(/"LayersSize":\d+,/, "") }
        : undefined;
    expect((await scene.run(everything)).usage.measuredFreedBytes).toBe(77 * megabyte);
  });

  it("are not measured by an account of 0, as Podman 4.3 gives whatever there is", async () => {
    const scene = await sceneToClear();
    scene.practice.onRequest = (_, path) =>
      path.startsWith("/system/df")
        ? { kind: "transform", body: (text) => text.replace(/"LayersSize":\d+/, '"LayersSize":0') }
        : undefined;
    const report = await scene.run({ ...everything, only: ["a:1"] });
    expect(report.usage).toMatchObject({ plannedFreedBytes: 3 * megabyte, measuredFreedBytes: null });
    const look = { color: plainPalette, now: report.startedAt, width: 120 };
    const lines = renderRun(report, { ...look, verbosity: "normal" }).join("\n");
    expect(lines).toContain("2.86 MiB planned, not measured");
    expect(lines).toMatch(/Freed +2\.86 MiB/);
  });

  it("are not measured in a dry run, nor where nothing goes", async () => {
    const scene = await sceneToClear();
    await scene.run(everything, { mode: "dry-run" });
    const report = await scene.run({ quotaBytes: 77 * megabyte });
    expect(asked(scene).usages).toEqual([]);
    expect(report.usage.measuredFreedBytes).toBeNull();
  });

  it("are not measured where no removal came about", async () => {
    const scene = await sceneToClear();
    await scene.run();
    scene.before("GET", /^\/images\/sha256:\w+\/json/, () => {
      for (const name of ["a:1", "b:1"]) scene.engine.createContainer(name);
    });
    const report = await scene.run(everything);
    expect(report.images.map(({ outcome }) => outcome)).toEqual(["skipped", "skipped"]);
    expect(report.usage.measuredFreedBytes).toBeNull();
    expect(asked(scene).usages).toEqual([]);
  });

  it.each([
    ["a quota that goes by estimates", everything, 2],
    ["an age", { maxAgeMs: 0, graceMs: 0, keepRecent: 0 }, 0],
  ] as const)(
    "are compared with the change of a containerd store's account for %s: it takes as long as a listing",
    async (_, limits, readings) => {
      const scene = await startScene({ apiVersion: "1.51", store: "containerd" });
      scene.engine.load({ name: "a:1", layers: base, megabytes: 3 });
      const report = await scene.run(limits);
      expect(imageIn(report, "a:1")).toMatchObject({ outcome: "removed", exact: false });
      const ofImages = asked(scene).usages.filter((path) => path.endsWith("type=image"));
      expect(ofImages).toHaveLength(readings);
      expect(report.usage.measuredFreedBytes === null).toBe(readings === 0);
    },
  );

  it("are not measured by an account of 0 that is none", async () => {
    const scene = await sceneToClear();
    scene.engine.load({ name: "kept:1", layers: base });
    scene.practice.onRequest = (_, path) =>
      path.startsWith("/system/df")
        ? { kind: "transform", body: (text) => text.replace(/"LayersSize":\d+/, '"LayersSize":0') }
        : undefined;
    const report = await scene.run({ ...everything, keep: ["kept:*"] });
    expect(imageIn(report, "a:1").outcome).toBe("removed");
    expect(report.usage.measuredFreedBytes).toBeNull();
  });

  it("do without the engine's account where it has none, and remove all the same", async () => {
    const scene = await sceneToClear();
    scene.practice.onRequest = (_, path) =>
      path.startsWith("/system/df")
        ? { kind: "answer", status: 500, body: { message: "a disk usage operation is already running" } }
        : undefined;
    const report = await scene.run(everything);
    expect(report.usage.measuredFreedBytes).toBeNull();
    expect(exitCodeOf(report)).toBe(0);
    expect(scene.names()).toEqual([]);
  });
});

describe("the time of the last tag, at first sight", () => {
  it("is never later than now, and never makes an image older", async () => {
    const scene = await startScene();
    const id = scene.engine.load({ name: "a:1" });
    scene.engine.tag("a:1", "a:2");
    scene.practice.onRequest = (_, path) =>
      path === `/images/${id}/json`
        ? {
            kind: "transform",
            body: (text) => text.replace(/"LastTagTime":"[^"]*"/, '"LastTagTime":"2199-01-01T00:00:00Z"'),
          }
        : undefined;
    const report = await scene.run();
    expect(imageIn(report, id).lastUse.at).toBe(report.observation.to);

    const old = scene.engine.load({ name: "old:1" });
    scene.practice.onRequest = (_, path) =>
      path === `/images/${old}/json`
        ? {
            kind: "transform",
            body: (text) => text.replace(/"LastTagTime":"[^"]*"/, '"LastTagTime":"1999-01-01T00:00:00Z"'),
          }
        : undefined;
    const next = await scene.run();
    expect(imageIn(next, old).lastUse.at).toBeGreaterThan(report.observation.from);
  });

  it("decides between images that a first run takes for equally old", async () => {
    const scene = await startScene();
    const names = ["b", "a", "c"];
    for (const name of names) {
      scene.engine.load({ name: `${name}:0`, megabytes: 10 });
      scene.clock.pass(minute);
      scene.engine.tag(`${name}:0`, `${name}:1`);
    }
    scene.engine.restart();
    scene.clock.pass(minute);
    const report = await scene.run(everything, { mode: "dry-run" });
    const order = report.images.map(({ image }) => image.tags[0]?.slice(0, 1));
    expect(order).toEqual(names);
  });
});
