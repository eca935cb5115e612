import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { spawnJson, type JsonReport } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;

function lastUse(report: JsonReport, id: string): { at: number; kind: string } {
  const image = report.images.find((each) => each.id === id);
  if (image === undefined) throw new Error(`The report has no image ${id}.`);
  return { at: Date.parse(image.lastUsedAt), kind: image.lastUseKind };
}

describeWithRealEngine("names on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it("credits the old image, both times, when the tag moves while a container lives", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const old = await client.loadImage({ name: "app:latest", layers: [small], seed: "old" });
    const fresh = await client.loadImage({ name: "fresh:1", layers: [small], seed: "fresh" });
    await spawnJson([], { host, ledger });
    await sleep(500);
    const container = await client.createContainer("app", { start: true });
    await sleep(500);
    const movedAt = Date.now();
    await client.tag(fresh, "app:latest");
    await sleep(1000);
    const endedAfter = Date.now();
    await client.removeContainer(container);
    await sleep(500);

    const report = await spawnJson([], { host, ledger });

    const oldUse = lastUse(report, old);
    expect(oldUse.kind).toBe("container-end");
    expect(oldUse.at).toBeGreaterThanOrEqual(endedAfter - 50);
    const freshUse = lastUse(report, fresh);
    expect(freshUse.kind).toBe("tag");
    expect(freshUse.at).toBeLessThan(movedAt + 500);
    expect(report.observation.continuous).toBe(true);
  });

  it("credits the old image for a container that was there before the first run, and the new one after the move", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const old = await client.loadImage({ name: "app:latest", layers: [small], seed: "old" });
    const fresh = await client.loadImage({ name: "fresh:1", layers: [small], seed: "fresh" });
    // Podman gives what it loads another registry.
    await client.tag(old, "docker.io/library/app:latest");
    const container = await client.createContainer("docker.io/library/app:latest", { start: true });
    await spawnJson([], { host, ledger });
    await client.tag(fresh, "docker.io/library/app:latest");
    await client.runRemoved("docker.io/library/app");
    const between = Date.now();
    await sleep(1000);
    await client.removeContainer(container);

    const report = await spawnJson([], { host, ledger });

    expect(lastUse(report, old).at).toBeGreaterThan(between + 500);
    expect(lastUse(report, fresh).at).toBeLessThanOrEqual(between);
  });

  it("credits an image that a container names by ID or by the beginning of one", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const byId = await client.loadImage({ name: "by-id:1", layers: [small] });
    const byShortId = await client.loadImage({ name: "by-short-id:1", layers: [small] });
    await spawnJson([], { host, ledger });
    await sleep(500);
    const before = Date.now();
    await client.runRemoved(byId);
    await client.runRemoved(byShortId.replace("sha256:", "").slice(0, 12));

    const report = await spawnJson([], { host, ledger });

    for (const id of [byId, byShortId]) {
      expect(lastUse(report, id)).toMatchObject({ kind: "container-end" });
      expect(lastUse(report, id).at).toBeGreaterThanOrEqual(before - 50);
    }
  });
});
