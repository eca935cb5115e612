import { expect, it } from "vitest";
import {
  everything,
  hour,
  imageIn,
  minute,
  outcomesOf,
  startScene,
  type Scene,
} from "../../support/scene.js";
import type { PracticeEngineOptions } from "../../practice-engine/server.js";

const limits = { ...everything, keep: ["kept:*"] };

/** Images that a run knows and the next one removes, the first one first, and one that stays. */
function sceneOf(...going: readonly string[]): Promise<Scene> {
  return sceneWith({}, ...going);
}

async function sceneWith(options: PracticeEngineOptions, ...going: readonly string[]): Promise<Scene> {
  const scene = await startScene(options);
  for (const name of ["kept:1", ...going]) {
    scene.clock.pass(minute);
    scene.engine.load({ name });
  }
  await scene.run();
  scene.clock.pass(minute);
  scene.practice.requests.length = 0;
  return scene;
}

/** Calls back at the first removal. */
function atFirstRemoval(scene: Scene, deed: () => void): void {
  scene.before("DELETE", /^\/images\//, deed);
}

function asked({ practice }: Scene, path: string): string[] {
  const paths = practice.requests.map((request) => decodeURIComponent(request.path));
  return paths.filter((each) => each.startsWith(path)).map((each) => each.slice(path.length + 1));
}

it("the containers are listed before the first removal, and not before each", async () => {
  const scene = await sceneOf("first:1", "second:1", "third:1", "fourth:1");
  scene.engine.createContainer("kept:1");
  await scene.run(limits);
  expect(scene.names()).toEqual(["kept:1"]);
  // For the plan, before the first removal, and at the end.
  expect(asked(scene, "/containers/json")).toEqual(["all=1", "all=1", "all=1"]);
});

/** An engine that announces all its changes. */
const announcing = { apiVersion: "1.51", store: "containerd" } as const;

it("where events tell all changes, the containers of the plan are those before the first removal", async () => {
  const scene = await sceneWith(announcing, "first:1", "second:1", "third:1", "fourth:1");
  scene.engine.createContainer("kept:1");
  await scene.run(limits);
  expect(scene.names()).toEqual(["kept:1"]);
  expect(asked(scene, "/containers/json")).toEqual(["all=1", "all=1"]);
});

it("a container that came behind the plan's list and before the plan's last event is asked for, and holds", async () => {
  const scene = await sceneWith(announcing, "first:1", "second:1");
  let web = "";
  let listings = 0;
  scene.practice.onRequest = (_method, path) => {
    // With the answer under way: what follows is read of the events alone.
    if (path.startsWith("/containers/json") && (listings += 1) === 1)
      return {
        kind: "transform",
        body: (text) => {
          web = scene.engine.createContainer("kept:1", { name: "web", imageMounts: ["first:1"] });
          return text;
        },
      };
    return undefined;
  };
  const report = await scene.run(limits);
  expect(outcomesOf(report)).toMatchObject({ "first:1": "skipped", "second:1": "removed" });
  expect(imageIn(report, "first:1").outcomeDetail).toBe("It is in use now by mount:web.");
  expect(asked(scene, "/containers/json")).toEqual(["all=1", `all=1&filters={"id":["${web}"]}`, "all=1"]);
});

it.each(["second:1", "kept:1"])(
  "a container of %s that mounts the next image is asked for by its ID, and holds it",
  async (image) => {
    const scene = await sceneOf("first:1", "second:1", "third:1", "fourth:1");
    let web = "";
    atFirstRemoval(scene, () => {
      web = scene.engine.createContainer(image, { name: "web", imageMounts: ["third:1"] });
    });
    const report = await scene.run(limits);
    expect(outcomesOf(report)).toMatchObject({ "third:1": "skipped", "fourth:1": "removed" });
    expect(imageIn(report, "third:1").outcomeDetail).toBe("It is in use now by mount:web.");
    const byId = asked(scene, "/containers/json").filter((query) => query.includes("filters"));
    expect(byId).toEqual([`all=1&filters={"id":["${web}"]}`]);
    expect(scene.recordOf(imageIn(report, "third:1").image.id).lastUseKind).toBe("in-use");
  },
);

it("of the events, those behind the last reading are read, and the whole buffer where an old stamp hides some", async () => {
  const scene = await sceneOf("first:1", "second:1", "third:1");
  atFirstRemoval(scene, () => {
    scene.engine.createContainer("kept:1", { name: "web", imageMounts: ["third:1"] });
    // As a swarm's: with the time of another host's clock.
    scene.engine.events.publish({
      timeNano: BigInt(scene.clock.time - hour) * 1_000_000n,
      type: "network",
      action: "update",
      actorId: "ingress",
      attributes: {},
    });
  });
  const report = await scene.run(limits);
  expect(outcomesOf(report)).toMatchObject({ "second:1": "removed", "third:1": "skipped" });
  expect(report.observation.gap).toBeNull();
  const readings = asked(scene, "/events").map((query) => (query.startsWith("since=0&") ? "whole" : "news"));
  // The plan's, and at the end one for names that went and one for all that happened.
  expect(readings).toEqual(["whole", "news", "news", "whole", "news", "whole", "whole"]);
});
