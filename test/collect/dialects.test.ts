import { expect, it } from "vitest";
import { minute, startScene, type Scene } from "./scene.js";

/** What goes on between two observations; the same on each engine. */
async function live(scene: Scene): Promise<void> {
  const { engine } = scene;
  const old = engine.load({ name: "app:1", megabytes: 1, content: "old" });
  engine.pull({ name: "team/tool:2", megabytes: 1, content: "tool" });
  // A listing that is made while names move is a case of its own.
  scene.clock.pass(minute);
  await scene.run();
  engine.run("app:1");
  const container = engine.createContainer("app:1", { name: "long" });
  engine.startContainer(container);
  const fresh = engine.load({ name: "app:2", megabytes: 1, content: "fresh" });
  scene.clock.pass(minute);
  engine.tag(fresh, "app:1");
  engine.healthProbe(container);
  engine.killContainer(container);
  engine.removeContainer(container);
  engine.commit(engine.createContainer(old, { name: "kept" }), "committed:1");
  scene.clock.pass(minute);
  await scene.run();
}

it("writes the same ledger of an engine that shows API 1.41 and of one that shows 1.52", async () => {
  const ledgers = [];
  for (const apiVersion of ["1.41", "1.52"]) {
    const scene = await startScene({ apiVersion });
    await live(scene);
    const { images, names, layers } = scene.record();
    const uses = [...images].map(([id, { lastUseKind }]) => [id, lastUseKind]);
    const order = [...images]
      .sort(([, first], [, second]) => first.lastUsedAt - second.lastUsedAt)
      .map(([id]) => id);
    const tops = new Map([...layers.images].map(([id, { top }]) => [id, top]));
    ledgers.push({ uses: new Map(uses as [string, string][]), order, names, tops, layers: layers.layers });
  }
  const [first, second] = ledgers;
  expect(second).toEqual(first);
  expect(first?.uses.size).toBe(4);
});
