import { afterEach, beforeEach, expect, it } from "vitest";
import { removeAll } from "../support/small-engine.js";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { startGuard, type Guard } from "../support/guard.js";
import { plainName, spawnJson, type JsonImage, type JsonReport } from "../support/run-json.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;

function imageOf(report: JsonReport, id: string): JsonImage {
  const image = report.images.find((each) => each.id === id);
  if (image === undefined) throw new Error(`The report has no image ${id}.`);
  return image;
}

describeWithRealEngine("removals on a real engine", (engine) => {
  let guard: Guard;
  beforeEach(async () => {
    await engine().client.removeAll();
    guard = await startGuard(engine().host);
  });
  afterEach(() => guard.close());

  const run = (...args: string[]) => spawnJson([...removeAll, ...args], { host: guard.host });

  /** Names of all images, sorted; an image without any by its ID. */
  async function left(): Promise<string[]> {
    const images = await engine().client.listImages();
    return images
      .flatMap(({ Id, RepoTags }) => {
        const names = (RepoTags ?? []).filter((name) => name !== "<none>:<none>");
        return names.length === 0 ? [Id] : names.map(plainName);
      })
      .sort();
  }

  /** Does something before the n-th removal is passed on. */
  function atRemoval(number: number, deed: () => Promise<unknown>): void {
    let count = 0;
    guard.onCall = async (call) => {
      if (call.startsWith("DELETE") && ++count === number) await deed();
    };
  }

  const removals = () => guard.passed.filter((call) => call.startsWith("DELETE"));

  async function loadMany(): Promise<string> {
    return engine().client.loadImage({
      name: ["many:1", "many:2", "other/many:1", "third/many:1"],
      layers: [small],
    });
  }

  const allNames = ["many:1", "many:2", "other/many:1", "third/many:1"];

  it("take all names of an image in several repositories, one by one and never by force", async () => {
    const id = await loadMany();
    const report = await run();
    expect(imageOf(report, id).outcome).toBe("removed");
    expect(await left()).toEqual([]);
    expect(removals()).toHaveLength(4);
    expect(removals().at(-1)).toBe(`DELETE /images/${id}?noprune=1`);
    expect(report.exitCode).toBe(0);
  });

  it.each([1, 2, 3, 4])(
    "take none of them when a container comes at removal %i, which is a use",
    async (number) => {
      const id = await loadMany();
      atRemoval(number, () => engine().client.createContainer(id, { name: "late" }));
      const report = await run();
      expect(imageOf(report, id)).toMatchObject({
        outcome: "refused",
        outcomeDetail: "It is in use now by container:late.",
      });
      expect(await left()).toEqual(allNames);
      // What was to go stays, so the quota that asked for it is not met.
      expect(report.exitCode).toBe(6);
    },
  );

  it("take an image without a name", async () => {
    const { client } = engine();
    await client.loadImage({ name: "app:1", layers: [small], seed: "old" });
    await client.loadImage({ name: "app:1", layers: [small], seed: "new" });
    expect(await client.listImages()).toHaveLength(2);
    const report = await run("--keep", "**/app:1", "--keep", "app:1");
    expect(report.totals["removed"]).toBe(1);
    expect(await left()).toEqual(["app:1"]);
  });

  it("take a child before its parent, each by itself", async () => {
    const { client } = engine();
    const parent = await client.loadImage({ name: "parent:1", layers: [small] });
    const container = await client.createContainer(parent);
    await client.commit(container, "child:1");
    await client.removeContainer(container);
    const child = (await client.listImages()).find(({ Id }) => Id !== parent)?.Id ?? "";
    const report = await run();
    expect(imageOf(report, parent).outcome).toBe("removed");
    expect(imageOf(report, child).outcome).toBe("removed");
    expect(removals()).toEqual([child, parent].map((id) => `DELETE /images/${id}?noprune=1`));
    expect(await left()).toEqual([]);
  });

  it("leave the parent of a child that stays", async () => {
    const { client } = engine();
    const parent = await client.loadImage({ name: "parent:1", layers: [small] });
    const container = await client.createContainer(parent);
    await client.commit(container, "child:1");
    await client.removeContainer(container);
    await client.createContainer("child:1", { name: "web" });
    await run();
    expect(await left()).toEqual(["child:1", "parent:1"]);
    expect(removals()).toEqual([]);
  });

  it("never take along what is not on the plan: the untagged parent of a child that goes", async () => {
    const { client } = engine();
    const parent = await client.loadImage({ name: "parent:1", layers: [small] });
    const container = await client.createContainer(parent);
    await client.commit(container, "child:1");
    await client.removeContainer(container);
    const report = await run("--max-removals", "1");
    expect(report.totals["removed"]).toBe(1);
    expect(await left()).toEqual(["parent:1"]);
  });

  it("call it gone where somebody else was faster", async () => {
    const { client } = engine();
    const id = await client.loadImage({ name: "app:1", layers: [small] });
    atRemoval(1, () => client.removeImage(id));
    const report = await run();
    expect(imageOf(report, id).outcome).toMatch(/gone|removed/);
    expect(await left()).toEqual([]);
    expect(report.exitCode).toBe(0);
  });

  it("leave an image alone that has got another name since the plan", async () => {
    const { client } = engine();
    const id = await client.loadImage({ name: "app:1", layers: [small] });
    // Asked for the plan, and again before the first look at an image that goes.
    let listings = 0;
    guard.onCall = async (call) => {
      if (call.startsWith("GET /containers/json") && ++listings === 2) await client.tag(id, "release:1");
    };
    const report = await run();
    expect(imageOf(report, id)).toMatchObject({ outcome: "skipped" });
    expect(await left()).toEqual(["app:1", "release:1"]);
    expect(removals()).toEqual([]);
  });

  it("give a name back to the image that somebody gave it to at that moment", async () => {
    const { client } = engine();
    const id = await loadMany();
    const other = await client.loadImage({ name: "keep:1", layers: [small] });
    const first = (await client.inspectImage(id))?.RepoTags?.at(-1) ?? "";
    guard.onCall = async (call) => {
      if (!call.startsWith("DELETE")) return;
      guard.onCall = undefined;
      const taken = /^DELETE \/images\/(.*)\?/.exec(call)?.[1] ?? first;
      await client.tag(other, taken);
    };
    await run("--keep", "**/keep:1", "--keep", "keep:1");
    const moved = /^DELETE \/images\/(.*)\?/.exec(removals()[0] ?? "")?.[1] ?? "";
    expect((await client.inspectImage(moved))?.Id).toBe(other);
    expect((await client.inspectImage("keep:1"))?.Id).toBe(other);
  });

  it("fail for the image alone that the engine does not give away", async () => {
    const { client } = engine();
    for (const name of ["one:1", "two:1", "three:1"]) await client.loadImage({ name, layers: [small] });
    const stuck = (await client.inspectImage("two:1"))?.Id ?? "";
    // What refuses the ID may still give away the last name, as Podman does where an image has a digest beside it.
    guard.refuse = (call) => call.startsWith("DELETE") && (call.includes(stuck) || call.includes("two"));
    const report = await run();
    expect(imageOf(report, stuck).outcome).toBe("failed");
    expect(await left()).toEqual(["two:1"]);
    expect(report.exitCode).toBe(3);
  });
});
