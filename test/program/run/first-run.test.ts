import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import { renderQuiet } from "../../support/render-quiet.js";
import { day, hour, imageIn, minute, startScene } from "../../support/scene.js";

describe("a first run on a full disk", () => {
  const limits = { quotaBytes: 100, graceMs: hour };

  it("takes what the engine's events prove to be unused for the grace time", async () => {
    const scene = await startScene();
    const old = scene.engine.pull({ name: "app:1", bytes: 1000 });
    scene.engine.pull({ name: "noise:1", bytes: 10 });
    scene.clock.pass(2 * day);
    scene.engine.removeContainer(scene.engine.createContainer("noise:1"));
    const report = await scene.run(limits);
    expect(imageIn(report, old).outcome).toBe("removed");
    expect(exitCodeOf(report)).toBe(0);
  });

  it("takes what was there before the oldest event, and leaves what came or was used less than the grace time ago", async () => {
    const scene = await startScene();
    const [there, used] = ["there:1", "used:1"].map((name) => scene.engine.load({ name, bytes: 1000 }));
    scene.engine.restart();
    scene.clock.pass(day);
    scene.engine.load({ name: "noise:1", bytes: 10 });
    scene.clock.pass(2 * hour);
    scene.engine.removeContainer(scene.engine.createContainer("used:1"));
    const came = scene.engine.load({ name: "came:1", bytes: 1000 });
    scene.clock.pass(10 * minute);
    const report = await scene.run(limits);
    expect(imageIn(report, there ?? "").outcome).toBe("removed");
    for (const id of [used, came]) expect(imageIn(report, id ?? "").verdict.reasons).toContain("grace");
  });

  it("takes nothing where no event tells of the past, not even by the tag of long ago, and says what would help", async () => {
    const scene = await startScene();
    const built = scene.engine.load({ name: "built:0", bytes: 1000 });
    scene.engine.tag("built:0", "built:1");
    scene.engine.pull({ name: "pulled:1", bytes: 2000 });
    scene.engine.restart();
    scene.clock.pass(9 * day);
    const report = await scene.run({ ...limits, keepRecent: 0 });
    expect(imageIn(report, built).verdict.reasons).toEqual(["grace"]);
    expect(exitCodeOf(report)).toBe(6);
    expect(report.afterGrace).toEqual({ inMs: hour, freedBytes: 3000 });
    expect(renderQuiet(report).join("\n")).toMatch(
      /The quota of 100 B cannot be met: .*\nGrace ends in 1h; --grace 0s would free 2\.93 KiB now\.$/,
    );
    scene.clock.pass(hour + minute);
    const later = await scene.run({ ...limits, keepRecent: 0 });
    expect([later.afterGrace, exitCodeOf(later)]).toEqual([null, 0]);
  });

  it("keeps what is new to a later run for the grace time from then on", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "noise:1", bytes: 10 });
    scene.clock.pass(2 * day);
    await scene.run();
    scene.clock.pass(2 * hour);
    const made = scene.engine.load({ name: "new:1", bytes: 1000 });
    scene.clock.pass(minute);
    expect(imageIn(await scene.run(limits), made).verdict.reasons).toContain("grace");
  });
});
