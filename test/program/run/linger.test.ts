import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { linger } from "../../../src/run/linger.js";
import { measureFilesystem } from "../../../src/run/observe/measure-filesystem.js";
import { run } from "../../../src/run/run.js";
import { Failure } from "../../../src/core/text/failure.js";
import { ApiEngine } from "../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../src/engine/transport/connection.js";
import type { Engine } from "../../../src/engine/port.js";
import { openLedger } from "../../../src/ledger/sqlite-ledger.js";
import { askedPolicy } from "../../support/values.js";
import { day, hour, otherwise, settlingMs, startScene, type Scene } from "../../support/scene.js";
import { usualListing } from "../../../src/run/observe/list.js";

/** A run that has made its report, and stays until the test ends it. */
async function lingerIn(scene: Scene, through: (real: Engine) => Engine = (real) => real) {
  scene.clock.pass(settlingMs);
  const ledger = openLedger(scene.ledgerPath);
  onTestFinished(() => ledger.close());
  const connection = new Connection({ kind: "unix", socketPath: scene.practice.socketPath });
  const engine = through(new ApiEngine(connection, 10_000));
  const { ongoing } = await run(
    { mode: "run", policy: askedPolicy({}), historyAgeMs: 90 * day, listing: usualListing, warnings: [] },
    {
      engine,
      openLedger: () => ledger,
      steadyClock: scene.clock.steady,
      measureFilesystem,
      interruptedBy: () => null,
      beforeRemovals: () => undefined,
      onProgress: () => undefined,
    },
  );
  if (ongoing === null) throw new Error("nothing to linger for");
  const end = new AbortController();
  const ended = linger(ongoing, ledger, { durationMs: 600_000, signal: end.signal });
  ended.catch(() => undefined);
  return {
    end: () => {
      end.abort();
      return ended;
    },
  };
}

/** As many as make a run that lingers read what is new. */
function makeNoise({ engine }: Scene, container: string): void {
  for (let count = 0; count < 70; count += 1)
    engine.publish("container", "exec_start: true", container, { image: "app:1", name: "web" });
}

/** Reads the ledger until it says so. */
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition() && tries < 500; tries += 1) await sleep(20);
  expect(condition()).toBe(true);
}

it("writes down that what is in use is so still, while nothing happens but health checks", async () => {
  const scene = await startScene();
  const app = scene.engine.load({ name: "app:1" });
  const container = scene.engine.createContainer("app:1", { name: "web" });
  const lingering = await lingerIn(scene);
  const listings = () => scene.requests("GET").filter((path) => path.startsWith("/images/json")).length;
  const listed = listings();
  for (let times = 1; times <= 3; times += 1) {
    scene.clock.pass(2 * hour);
    makeNoise(scene, container);
    await until(() => (scene.record().checkpoint?.observedMs ?? 0) >= times * 2 * hour);
    const { checkpoint, images } = scene.record();
    expect(images.get(app)).toMatchObject({
      lastUseKind: "in-use",
      lastUsedAt: checkpoint?.at,
      observedMsAtLastUse: checkpoint?.observedMs,
      awakeMsAtLastUse: checkpoint?.awakeMs,
    });
  }
  expect(listings()).toBe(listed);
  await lingering.end();
});

it.each([
  ["set forward", hour],
  ["set back", -hour],
])("follows the engine's clock when that is %s", async (_, step) => {
  const scene = await startScene();
  const app = scene.engine.load({ name: "app:1" });
  const other = scene.engine.createContainer(scene.engine.load({ name: "other:1" }));
  const lingering = await lingerIn(scene);
  makeNoise(scene, other);
  const { checkpoint } = scene.record();
  await until(() => scene.record().checkpoint?.at !== checkpoint?.at);
  scene.clock.step(step);
  scene.engine.run("app:1");
  makeNoise(scene, other);
  await until(() => scene.recordOf(app).lastUseKind.startsWith("container-"));
  await lingering.end();
});

it("goes on when the engine is away for a while, and tells of the gap", async () => {
  const scene = await startScene();
  const app = scene.engine.load({ name: "app:1" });
  const other = scene.engine.createContainer(scene.engine.load({ name: "other:1" }));
  const cut = new AbortController();
  let isAway = false;
  let askedInVain = 0;
  const lingering = await lingerIn(scene, (real) =>
    otherwise(real, {
      readEvents: async function* (...asked) {
        if (isAway) throw new Failure("engine", "It is away.");
        yield* real.readEvents(...asked);
      },
      countEvents: async function* (end) {
        if (isAway) {
          askedInVain += 1;
          return;
        }
        yield* real.countEvents(cut.signal.aborted ? end : cut.signal);
      },
    }),
  );
  makeNoise(scene, other);
  const { checkpoint } = scene.record();
  await until(() => scene.record().checkpoint?.at !== checkpoint?.at);
  isAway = true;
  scene.engine.restart();
  cut.abort();
  await until(() => askedInVain > 0);
  isAway = false;
  scene.engine.run("app:1");
  await until(() => scene.recordOf(app).lastUseKind.startsWith("container-"));
  await lingering.end();
});
