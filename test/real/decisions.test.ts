import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { runCli } from "../support/run-cli.js";
import { imageNamed, namesWith, plainName, spawnJson, type JsonReport } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const mebibyte = 1024 * 1024;
/** Every image holds busybox, so none is smaller. */
const small = 2 * mebibyte;

/** 45 MiB; more where the engine counts the content that layers were unpacked from as well. */
function roomForTenAndThirty(report: JsonReport): number {
  const [ten, thirty, forty] = [10, 30, 40].map(
    (megabytes) => imageNamed(report, `size:${megabytes}`).sizeBytes,
  );
  if (ten === undefined || thirty === undefined || forty === undefined) throw new Error("No sizes.");
  return Math.round(ten + (thirty + forty) / 2);
}

describeWithRealEngine("decisions on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it("keeps the most recently used images that fit in the quota", async () => {
    const { client, host } = engine();
    for (const megabytes of [20, 30, 40, 10]) {
      await client.loadImage({ name: `size:${megabytes}`, layers: [megabytes * mebibyte] });
    }
    for (const megabytes of [20, 30, 40, 10]) await client.runRemoved(`size:${megabytes}`);
    const quota = roomForTenAndThirty(await spawnJson(["--dry-run"], { host }));

    const report = await spawnJson(["--quota", String(quota), "--grace", "0s", "--max-age", "off"], { host });

    expect(namesWith(report, "remove")).toEqual(["size:20", "size:40"]);
    expect(namesWith(report, "keep")).toEqual(["size:10", "size:30"]);
    expect(report.images.filter(({ verdict }) => verdict === "remove").map(({ outcome }) => outcome)).toEqual(
      ["removed", "removed"],
    );
    const left = (await client.listImages()).flatMap(({ RepoTags }) => (RepoTags ?? []).map(plainName));
    expect(left.sort()).toEqual(["size:10", "size:30"]);
    expect(report.exitCode).toBe(0);
  });

  it("measures free space on the filesystem that has the images, or says why it cannot", async () => {
    const { client, host, owned } = engine();
    await client.loadImage({ name: "stored:1", layers: [small] });
    const args = ["--dry-run", "--min-free", "1K", "--output", "json"];

    const { exitCode, stdout, stderr } = await runCli(args, { host });

    if (!owned && exitCode === 2) {
      expect(stderr).toMatch(
        /requires measuring the filesystem that holds the images, and .*; run docker-gc on/,
      );
      return;
    }
    const report = JSON.parse(stdout) as JsonReport;
    const id = imageNamed(report, "stored:1").id.replace("sha256:", "");
    const found = await promisify(execFile)("find", [report.filesystem?.path ?? "", "-name", `${id}*`]);
    expect(found.stdout).toContain(id);
  });

  it("counts a container that came and went between two runs as a use at that moment", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    for (const name of ["used:1", "unused:1"]) await client.loadImage({ name, layers: [small] });
    await spawnJson([], { host, ledger });
    await sleep(1500);
    const before = Date.now();
    await client.runRemoved("used:1");
    const after = Date.now();
    await sleep(1500);

    const report = await spawnJson([], { host, ledger });

    const used = imageNamed(report, "used:1");
    expect(Date.parse(used.lastUsedAt)).toBeGreaterThanOrEqual(before - 50);
    expect(Date.parse(used.lastUsedAt)).toBeLessThanOrEqual(after);
    expect(used.lastUseKind).toBe("container-end");
    expect(used.idleSeconds).toBeLessThan(imageNamed(report, "unused:1").idleSeconds - 1);
    expect(report.observation.continuous).toBe(true);
  });

  it("removes what was idle for the age limit, and nothing that a container in any state refers to", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const states = ["created", "running", "paused", "exited"];
    for (const name of ["idle", ...states]) await client.loadImage({ name: `${name}:1`, layers: [small] });
    await client.createContainer("created:1");
    await client.createContainer("running:1", { start: true });
    const paused = await client.createContainer("paused:1", { start: true });
    await client.pause(paused);
    const exited = await client.createContainer("exited:1", { start: true });
    await client.stopContainer(exited);
    const args = ["--max-age", "3s", "--grace", "0s", "--keep-recent", "0"];

    await spawnJson([], { host, ledger });
    await sleep(3100);
    const second = await spawnJson(args, { host, ledger });
    await client.unpause(paused);

    expect(namesWith(second, "remove")).toEqual(["idle:1"]);
    expect(imageNamed(second, "idle:1")).toMatchObject({ reasons: ["age"], outcome: "removed" });
    for (const state of states) {
      expect(imageNamed(second, `${state}:1`)).toMatchObject({ verdict: "keep", reasons: ["in-use"] });
    }
    expect((await client.listImages()).length).toBe(states.length);
  });

  it("removes an image with all its names, in several repositories, without force", async () => {
    const { client, host } = engine();
    const image = await client.loadImage({ name: ["many:1", "many:2", "other/many:1"], layers: [small] });
    await client.loadImage({ name: "recent:1", layers: [small] });
    await client.runRemoved("recent:1");

    const report = await spawnJson(["--quota", "2M", "--grace", "0s", "--max-age", "off"], { host });

    expect(imageNamed(report, "many:1")).toMatchObject({ id: image, outcome: "removed" });
    expect((await client.listImages()).flatMap(({ RepoTags }) => (RepoTags ?? []).map(plainName))).toEqual([
      "recent:1",
    ]);
  });
});
