import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { PolicyRecipe } from "../../support/values.js";
import { storedName } from "../../practice-engine/names.js";
import { everything, imageIn, startScene, type Scene } from "../../support/scene.js";

const keepOther: PolicyRecipe = { ...everything, keep: ["other:*"] };

async function sceneWithTwo(): Promise<{ scene: Scene; going: string; other: string }> {
  const scene = await startScene();
  const going = scene.engine.load({ name: ["app:1", "app:2"] });
  const other = scene.engine.load({ name: "other:1" });
  await scene.run();
  return { scene, going, other };
}

it("gives a name back to the image that got it between the look and the removal", async () => {
  const { scene, other } = await sceneWithTwo();
  scene.before("DELETE", /app:2/, () => scene.engine.tag(other, "app:2"));
  await scene.run(keepOther);
  expect(scene.names()).toEqual(["app:2", "other:1"]);
  expect(scene.engine.images.find("app:2")?.id).toBe(other);
});

it.each<[string, (scene: Scene) => ImageId]>([
  ["a load", (scene) => scene.engine.load({ name: ["app:1", "app:2"], megabytes: 7 })],
  ["a pull", (scene) => scene.engine.pull({ name: "app:2", megabytes: 7 })],
])(
  "gives a name back that %s moved between the look and the removal, of which no event tells",
  async (_, move) => {
    const { scene } = await sceneWithTwo();
    let owner: ImageId | null = null;
    scene.before("DELETE", /app:2/, () => {
      owner = move(scene);
      // With another name, so that the image does not go with this one.
      scene.engine.tag("app:2", "more:1");
    });
    const report = await scene.run({ ...keepOther, keep: ["other:*", "more:*"] });
    expect(["app:2", "more:1"].map((name) => scene.engine.images.find(name)?.id)).toEqual([owner, owner]);
    expect(report.stoppedBy).toBeNull();
  },
);

it("does so where the old image then has to get its names again", async () => {
  const { scene, going } = await sceneWithTwo();
  scene.practice.onRequest = (method, path) => {
    if (method !== "DELETE") return undefined;
    if (path.includes("app:2")) {
      scene.engine.load({ name: "app:2", megabytes: 7 });
      scene.engine.tag("app:2", "more:1");
    }
    return path.includes(going) ? { kind: "answer", status: 409, body: { message: "no" } } : undefined;
  };
  await scene.run(keepOther);
  expect(scene.engine.images.find("app:1")?.id).toBe(going);
  expect(scene.engine.images.find("app:2")?.id).toBe(scene.engine.images.find("more:1")?.id);
});

it("does so too when the engine stops answering later on", async () => {
  const { scene, going, other } = await sceneWithTwo();
  scene.practice.onRequest = (method, path) => {
    if (method !== "DELETE") return undefined;
    if (path.includes("app:2")) scene.engine.tag(other, "app:2");
    return path.includes(going) ? { kind: "answer", status: 409, body: { message: "no" } } : undefined;
  };
  await scene.run(keepOther);
  expect(scene.engine.images.find("app:1")?.id).toBe(going);
  expect(scene.engine.images.find("app:2")?.id).toBe(other);
});

/** The first questions after the removals began are whether names have moved. */
function failingOnceRemoving(scene: Scene, path: RegExp, times: number): void {
  const answered = scene.practice.onRequest;
  let removing = false;
  let left = times;
  scene.practice.onRequest = (method, asked) => {
    removing ||= method === "DELETE";
    if (!removing || !path.test(`${method} ${asked}`) || left === 0) return answered?.(method, asked);
    left -= 1;
    return { kind: "answer", status: 500, body: { message: "boom" } };
  };
}

it("looks again before the run ends, where the engine did not say at once who had the name", async () => {
  const { scene, other } = await sceneWithTwo();
  scene.before("DELETE", /app:2/, () => scene.engine.tag(other, "app:2"));
  failingOnceRemoving(scene, /^GET \/events/, 1);
  const report = await scene.run(keepOther);
  expect(report.stoppedBy).toBeNull();
  expect(scene.engine.images.find("app:2")?.id).toBe(other);
});

it("ends with exit 4, and says what is open, where it never learns who had a name", async () => {
  const { scene, going } = await sceneWithTwo();
  // Once for the name that goes by itself, once when its image is gone, and once in the end.
  failingOnceRemoving(scene, /^GET \/events/, 3);
  const report = await scene.run(keepOther);
  expect(exitCodeOf(report)).toBe(4);
  expect(report.stoppedBy?.message).toContain(
    "Whether app:2, app:1 had just been given to another image is not known",
  );
  expect(imageIn(report, going).outcome).toBe("removed");
});

it("tries again to give the name back, and says which one it could not", async () => {
  const { scene, other } = await sceneWithTwo();
  scene.before("DELETE", /app:2/, () => scene.engine.tag(other, "app:2"));
  failingOnceRemoving(scene, /^POST/, 1);
  expect((await scene.run(keepOther)).stoppedBy).toBeNull();
  expect(scene.engine.images.find("app:2")?.id).toBe(other);
});

it("ends with exit 4 where the engine does not take the name back", async () => {
  const { scene, other } = await sceneWithTwo();
  scene.before("DELETE", /app:2/, () => scene.engine.tag(other, "app:2"));
  failingOnceRemoving(scene, /^POST/, 100);
  const report = await scene.run(keepOther);
  expect(exitCodeOf(report)).toBe(4);
  expect(report.stoppedBy?.message).toContain(`app:2 belongs to ${other.slice(7, 19)}`);
});

it("does not take a name for another image's that had it before the removal began", async () => {
  const scene = await startScene();
  const other = scene.engine.load({ name: "other:1" });
  scene.engine.tag(other, "app:2");
  // A load moves a name without an event that says so.
  scene.engine.load({ name: ["app:1", "app:2"] });
  await scene.run();
  await scene.run(keepOther);
  expect(scene.names()).toEqual(["other:1"]);
});

it("lets a name go that came back before it went", async () => {
  const { scene, going, other } = await sceneWithTwo();
  scene.before("DELETE", /app:2/, () => {
    scene.engine.tag(other, "app:2");
    scene.engine.tag(going, "app:2");
  });
  await scene.run(keepOther);
  expect(scene.names()).toEqual(["other:1"]);
});

it("is done where the image that got the name is gone, too", async () => {
  const { scene, other } = await sceneWithTwo();
  let removing = false;
  let gone = false;
  scene.practice.onRequest = (method, path) => {
    if (method === "DELETE" && path.includes("app:2")) scene.engine.tag(other, "app:2");
    removing ||= method === "DELETE";
    if (removing && !gone && path.startsWith("/events")) {
      gone = true;
      scene.engine.removeImage(other, { force: true });
    }
    return undefined;
  };
  const report = await scene.run(keepOther);
  expect(gone).toBe(true);
  expect(report.stoppedBy).toBeNull();
  expect(scene.names()).toEqual([]);
});

/** The last name goes along with its image, and inside the engine that is not one step either. */
describe("a name that goes with its image", () => {
  async function sceneWithOne(meanwhile: (scene: Scene) => void) {
    const scene = await startScene();
    scene.engine.load({ name: "app:1" });
    const other = scene.engine.load({ name: "other:1" });
    await scene.run();
    scene.before("DELETE", /./, () => {
      scene.engine.tag(other, "app:1");
      meanwhile(scene);
    });
    return { scene, other };
  }

  it("is given back to the image that got it while the engine was at it", async () => {
    const { scene, other } = await sceneWithOne(({ engine }) => engine.images.dropName(storedName("app:1")));
    await scene.run(keepOther);
    expect(scene.names()).toEqual(["app:1", "other:1"]);
    expect(scene.engine.images.find("app:1")?.id).toBe(other);
  });

  it("stays gone where somebody has given it away and taken it back since", async () => {
    const { scene } = await sceneWithOne(({ engine }) => engine.untag("app:1"));
    await scene.run(keepOther);
    expect(scene.names()).toEqual(["other:1"]);
  });
});
