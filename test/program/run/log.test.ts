import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { everything, hour, minute, otherwise, startScene, type Scene } from "../../support/scene.js";

/** An engine that keeps a log and cuts it by time, as Podman does; and what it was asked for. */
function logOf(cut: "by time" | "never" = "by time") {
  const asked: ("whole" | "part")[] = [];
  const engine = (real: Engine): Engine =>
    otherwise(real, {
      describe: async () => ({ ...(await real.describe()), eventBufferLimit: null }),
      readEvents: async function* (until, from) {
        asked.push(from === null ? "whole" : "part");
        for await (const event of real.readEvents(until, null))
          if (cut === "never" || from === null || event.timeNano > from) yield event;
      },
    });
  return { asked, engine };
}

/** A run after an hour, in which other runs and health checks filled the log. */
async function knownForHours(): Promise<Scene> {
  const scene = await startScene();
  for (const name of ["used:1", "idle:1"]) scene.engine.load({ name });
  await scene.run({}, { engine: logOf().engine });
  scene.clock.pass(hour);
  return scene;
}

describe("a log of events", () => {
  it("is read whole at first, and then from the last run on", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "used:1" });
    const { asked, engine } = logOf();
    const reports = [];
    for (let run = 0; run < 3; run += 1) {
      scene.engine.run("used:1");
      reports.push(await scene.run({}, { engine }));
      scene.clock.pass(hour);
    }
    expect(asked).toEqual(["whole", "part", "part"]);
    expect(reports.slice(1).map(({ observation }) => observation.gap)).toEqual([null, null]);
    expect(reports.at(-1)?.observation.events).toBe(6);
  });

  it("is no gap, and no reason to read it whole, where reading it takes long", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "used:1" });
    const { asked, engine } = logOf();
    const slow = (real: Engine) => {
      const log = engine(real);
      return otherwise(log, {
        readEvents: async function* (until, from) {
          yield* log.readEvents(until, from);
          scene.clock.pass(minute);
        },
      });
    };
    const gaps = [];
    for (let run = 0; run < 3; run += 1) gaps.push((await scene.run({}, { engine: slow })).observation.gap);
    expect(asked).toEqual(["whole", "part", "part"]);
    expect(gaps.slice(1)).toEqual([null, null]);
  });

  it("tells the same of every image as when it is read whole", async () => {
    const records = [];
    for (const cut of ["by time", "never"] as const) {
      const scene = await startScene();
      const { engine } = logOf(cut);
      const [a, b] = ["a:1", "b:1"].map((name) => scene.engine.load({ name }));
      for (let run = 0; run < 4; run += 1) {
        scene.clock.pass(20 * minute);
        scene.engine.run(run % 2 === 0 ? "a:1" : "moving:1");
        scene.clock.pass(20 * minute);
        if (b !== undefined && a !== undefined) scene.engine.tag(run % 2 === 0 ? b : a, "moving:1");
        // A name that moves just before the listing is in doubt.
        scene.clock.pass(minute);
        await scene.run({}, { engine });
      }
      const { images, names } = scene.record();
      records.push([
        // A container's beginning and its end may fall into one millisecond, or into two.
        [...images].map(([id, { lastUseKind, lastUseBy }]) => [
          id,
          lastUseKind.replace(/-.*/, ""),
          lastUseBy,
        ]),
        names,
      ]);
    }
    expect(records[1]).toEqual(records[0]);
  });

  it("is read whole where the last event that was seen is gone, and that is a gap", async () => {
    const scene = await knownForHours();
    const { asked, engine } = logOf();
    for (let count = 0; count < 300; count += 1) scene.engine.tag("idle:1", "idle:again");
    const { observation } = await scene.run({}, { engine });
    expect(asked).toEqual(["part", "whole"]);
    expect(observation.gap?.cause).toBe("unknown");
  });

  it("is read whole where the clock was set back: uses have times before the last run's", async () => {
    const scene = await knownForHours();
    scene.clock.step(-90 * minute);
    scene.engine.run("used:1");
    scene.clock.pass(hour);
    const { asked, engine } = logOf();
    const { observation } = await scene.run({}, { engine });
    expect(asked).toEqual(["whole"]);
    expect(observation.events).toBe(6);
  });

  it("is read from where the removals began while they go on", async () => {
    const scene = await knownForHours();
    const { asked, engine } = logOf();
    const report = await scene.run(everything, { engine });
    expect(report.images.map(({ outcome }) => outcome)).toEqual(["removed", "removed"]);
    expect(new Set(asked)).toEqual(new Set(["part"]));
  });
});
