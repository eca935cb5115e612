import { expect, it } from "vitest";
import { minute, startScene, type Scene } from "../../support/scene.js";

/** What goes on around two observations; the same on each engine, and never two things at the same moment. */
async function live(scene: Scene): Promise<void> {
  const { engine } = scene;
  const later = <T>(deed: () => T): T => {
    scene.clock.pass(minute);
    return deed();
  };
  const old = later(() => engine.load({ name: "app:1", megabytes: 1, content: "old" }));
  later(() => engine.pull({ name: "team/tool:2", megabytes: 1, content: "tool" }));
  await later(() => scene.run());
  later(() => engine.run("app:1"));
  const container = later(() => engine.createContainer("app:1", { name: "long" }));
  later(() => engine.startContainer(container));
  const fresh = later(() => engine.load({ name: "app:2", megabytes: 1, content: "fresh" }));
  later(() => engine.tag(fresh, "app:1"));
  later(() => engine.healthProbe(container));
  later(() => engine.killContainer(container));
  later(() => engine.removeContainer(container));
  const source = later(() => engine.createContainer(old, { name: "kept" }));
  const committed = later(() => engine.commit(source, null));
  // With a name, a commit is two events, of which the second may be of the next millisecond.
  later(() => engine.tag(committed, "committed:1"));
  await later(() => scene.run());
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
