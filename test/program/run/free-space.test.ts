import { describe, expect, it } from "vitest";
import type { MeasureFilesystem } from "../../../src/run/remove/free-space.js";
import { findFilesystem, refuseElsewhere } from "../../../src/run/remove/free-space.js";
import type { ImagesPlace } from "../../../src/run/observe/locate-images.js";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import { renderQuiet } from "../../support/render-quiet.js";
import type { EngineDescription } from "../../../src/engine/port.js";
import { askedPolicy, type PolicyRecipe } from "../../support/values.js";
import { failureOf, rejectionOf } from "../../support/failure-of.js";
import { minute, startScene, type Scene } from "../../support/scene.js";

const megabyte = 1_000_000;

/** Images of 10 MB each, used one after the other. */
async function sceneWith(...names: readonly string[]): Promise<Scene> {
  const scene = await startScene();
  for (const name of names) {
    scene.clock.pass(minute);
    scene.engine.load({ name: `${name}:1`, megabytes: 10 });
  }
  return scene;
}

/** A filesystem of 1 GB that holds the practice engine's layers, 500 MB of others, and an inode for each MB. */
function filesystemOf(scene: Scene, others: () => number = () => 500 * megabyte): MeasureFilesystem {
  return () => {
    const usedBytes = scene.engine.images.layers.totalBytes + others();
    const freeBytes = 1000 * megabyte - usedBytes;
    return Promise.resolve({
      totalBytes: 1000 * megabyte,
      freeBytes,
      totalInodes: 1000,
      freeInodes: Math.floor(freeBytes / megabyte),
    });
  };
}

describe("free space", () => {
  it("is made by removing the least recently used, and no more than needed", async () => {
    const scene = await sceneWith("a", "b", "c", "d");
    const report = await scene.run(
      { minFreeBytes: 475 * megabyte },
      { measureFilesystem: filesystemOf(scene) },
    );
    expect(scene.names()).toEqual(["c:1", "d:1"]);
    expect(exitCodeOf(report)).toBe(0);
    expect(report.filesystem).toMatchObject({
      path: "/var/lib/docker",
      before: { freeBytes: 460 * megabyte },
      after: { freeBytes: 480 * megabyte },
    });
  });

  it("is measured before each removal: what others freed meanwhile stays unremoved", async () => {
    const scene = await sceneWith("a", "b", "c", "d");
    let others = 500 * megabyte;
    scene.before("DELETE", /^\/images\//, () => (others -= 15 * megabyte));
    const measureFilesystem = filesystemOf(scene, () => others);
    const report = await scene.run({ minFreeBytes: 485 * megabyte }, { measureFilesystem });
    expect(report.images.map(({ outcome }) => outcome)).toEqual(["removed", "skipped", "skipped", null]);
    expect(scene.names()).toEqual(["b:1", "c:1", "d:1"]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it("that was enough once ends it, also when others take it again", async () => {
    const scene = await sceneWith("a", "b", "c", "d");
    let measurements = 0;
    // Enough when it is measured before the second removal, and at no other time.
    const others = () => (++measurements === 3 ? 100 : 500) * megabyte;
    const measureFilesystem = filesystemOf(scene, others);
    const report = await scene.run({ minFreeBytes: 490 * megabyte }, { measureFilesystem });
    expect(report.images.map(({ outcome }) => outcome)).toEqual(["removed", "skipped", "skipped", null]);
  });

  it("that does not come about is said, with exit code 6", async () => {
    const scene = await sceneWith("a", "b");
    // Something else, a build cache for one, holds on to the layers.
    const measureFilesystem = filesystemOf(
      scene,
      () => 980 * megabyte - scene.engine.images.layers.totalBytes,
    );
    const report = await scene.run({ minFreeBytes: 25 * megabyte }, { measureFilesystem });
    expect(scene.names()).toEqual(["b:1"]);
    expect(report.unmetLimits).toMatchObject([{ limit: "min-free", freeBytes: 20 * megabyte }]);
    expect(exitCodeOf(report)).toBe(6);
  });

  it("of inodes: a dry run lists what may have to go, and the run stops as soon as there is enough", async () => {
    const scene = await sceneWith("a", "b", "c", "d");
    const measureFilesystem = filesystemOf(scene);
    const limits = { minFreeInodes: 475 };
    const dry = await scene.run(limits, { mode: "dry-run", measureFilesystem });
    expect(dry.images.map(({ verdict }) => verdict.reasons)).toEqual(Array(4).fill(["min-free-inodes"]));
    const report = await scene.run(limits, { measureFilesystem });
    expect(report.images.map(({ outcome }) => outcome)).toEqual(["removed", "removed", "skipped", "skipped"]);
    expect(report.unmetLimits).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it("that can no longer be measured is no reason to remove anything more", async () => {
    const scene = await sceneWith("a", "b", "c");
    const real = filesystemOf(scene);
    let calls = 0;
    const measureFilesystem: MeasureFilesystem = (path) =>
      ++calls > 2 ? Promise.reject(new Error("I/O error")) : real(path);
    await scene.run({ minFreeBytes: 999 * megabyte }, { measureFilesystem });
    expect(scene.names()).toEqual(["b:1", "c:1"]);
  });

  it("is not looked at where no limit asks for it", async () => {
    const scene = await sceneWith("a");
    const measureFilesystem = () => Promise.reject(new Error("nobody should ask"));
    const report = await scene.run({ quotaBytes: 1 }, { measureFilesystem });
    expect(report.filesystem).toBeNull();
  });
});

describe("the filesystem that holds the images", () => {
  const { limits } = askedPolicy({ minFreeBytes: 5 });
  const find = (place: ImagesPlace) =>
    findFilesystem(limits, {
      locate: () => Promise.resolve(place),
      measureFilesystem: () => Promise.reject(new Error("ENOENT")),
    });

  it("of a remote engine is a usage failure that names the option", () => {
    const remote = { isLocal: false, summary: { host: "tcp://far:2375" } } as EngineDescription;
    const failure = failureOf(() => refuseElsewhere(limits, remote));
    expect(failure.code).toBe("usage");
    expect(failure.message).toMatch(
      /^test: "5" requires .* tcp:\/\/far:2375 is not on this host; run docker-gc on/,
    );
  });

  it.each<[ImagesPlace, string]>([
    [{ kind: "known", path: "/var/lib/docker" }, "/var/lib/docker cannot be measured (ENOENT)"],
    [
      { kind: "unknown", reason: "nobody knows" },
      "and nobody knows; run docker-gc on the engine's host, as root",
    ],
  ])("is never guessed: %j is refused", async (place, message) => {
    const failure = await rejectionOf(find(place));
    expect(failure).toMatchObject({ code: "usage" });
    expect(failure.message).toContain(message);
  });

  it.each<[string, PolicyRecipe]>([
    ["free space", { minFreeBytes: 999 * megabyte }],
    ["free inodes", { minFreeInodes: 999 }],
  ])(
    "is that of the containerd that has them; where that is elsewhere, %s is refused, and nothing goes",
    async (_, asked) => {
      const scene = await sceneWith("a", "b");
      const info = {
        DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]],
        Containerd: { Address: "/run/of/another/host.sock" },
      };
      const body = (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), ...info });
      scene.practice.onRequest = (__, path) => (path === "/info" ? { kind: "transform", body } : undefined);
      const failure = await rejectionOf(scene.run(asked, { measureFilesystem: filesystemOf(scene) }));
      expect(failure.code).toBe("usage");
      expect(failure.message).toContain("the images of its containerd are not in /var/lib/containerd");
      expect(scene.names()).toEqual(["a:1", "b:1"]);
    },
  );
});

describe("removals that free nothing", () => {
  /** 30 images whose layers something else holds as well. */
  async function sceneInVain() {
    const scene = await sceneWith(...Array.from({ length: 30 }, (_, index) => `app${index}`));
    let freeBytes = 20 * megabyte;
    const measureFilesystem: MeasureFilesystem = () =>
      Promise.resolve({ totalBytes: 1000 * megabyte, freeBytes, totalInodes: 1000, freeInodes: 900 });
    const run = (mode: "run" | "dry-run" = "run") =>
      scene.run({ minFreeBytes: 200 * megabyte }, { measureFilesystem, mode });
    return { scene, run, free: (bytes: number) => (freeBytes += bytes) };
  }

  it("stop after three, with exit code 6 and what may hold the space, and are not begun again in the next runs", async () => {
    const { scene, run } = await sceneInVain();
    const report = await run();
    expect(scene.names()).toHaveLength(27);
    expect(outcomeCounts(report)).toEqual({ removed: 3, skipped: 15 });
    expect(exitCodeOf(report)).toBe(6);
    expect(renderQuiet(report).join("\n")).toMatch(
      /frees nothing there: after 3 images of 28\.6 MiB there was no more space\. Build cache/,
    );
    for (let time = 0; time < 11; time += 1) {
      scene.clock.pass(5 * minute);
      expect(exitCodeOf(await run())).toBe(6);
    }
    expect(scene.names()).toHaveLength(27);
  });

  it("are tried again with one image after an hour, and go on when that frees some", async () => {
    const { scene, run, free } = await sceneInVain();
    await run();
    scene.clock.pass(60 * minute);
    await run();
    expect(scene.names()).toHaveLength(26);
    scene.clock.pass(4 * 60 * minute);
    scene.practice.onRequest = (method) => {
      if (method === "DELETE") free(10 * megabyte);
      return undefined;
    };
    await run();
    expect(scene.names().length).toBeLessThan(20);
    expect(scene.record().vainRemovals).toBeNull();
  });

  it("are forgotten when there is more space in the next run: some stores free it later", async () => {
    const { scene, run, free } = await sceneInVain();
    await run();
    free(30 * megabyte);
    expect((await run("dry-run")).images.filter(({ verdict }) => verdict.kind === "remove")).not.toHaveLength(
      0,
    );
    expect(scene.record().vainRemovals).toMatchObject({ removals: 3 });
  });
});

function outcomeCounts({ images }: RunReport): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of images) if (outcome !== null) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
