import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import { rejectionOf } from "../../support/failure-of.js";
import { canMount, fill, makeRoom, temporaryFileSystem } from "../../support/ledger/temporary-folder.js";
import { everything, hour, imageIn, outcomesOf, startScene, type Scene } from "../../support/scene.js";

const mountable = canMount();
if (!mountable) {
  console.warn("Runs on a full disk are not tested: no file system can be mounted here.");
}

/** A ledger on a small disk of its own, and images that differ in their last use, the first one longest ago. */
async function sceneOnDisk(images: number): Promise<{ scene: Scene; disk: string; many: ImageId[] }> {
  const disk = temporaryFileSystem(1024);
  const scene = await startScene({ ledgerPath: join(disk, "ledger.db") });
  const many = Array.from({ length: images }, (_, index) => {
    scene.clock.pass(10);
    return scene.engine.load({ name: `many:${index}` });
  });
  return { scene, disk, many };
}

/** The first removal makes room, as it does where images and ledger share a disk. */
function makeRoomAtRemoval(scene: Scene, disk: string): void {
  scene.before("DELETE", /./, () => makeRoom(disk));
}

describe.skipIf(!mountable)("a run whose ledger is on a full disk", () => {
  it("removes as ever once the first removal has made room, and has recorded all of it", async () => {
    const { scene, disk } = await sceneOnDisk(3);
    scene.engine.load({ name: ["two:1", "two:2"] });
    const used = scene.engine.load({ name: "used:1" });
    await scene.run();
    scene.clock.pass(hour);
    const usedAt = scene.clock.time;
    scene.engine.run("used:1");
    fill(disk);
    makeRoomAtRemoval(scene, disk);
    const report = await scene.run({ ...everything, keep: ["used:*"] });
    expect(outcomesOf(report)).toEqual({
      "many:0": "removed",
      "many:1": "removed",
      "many:2": "removed",
      "two:1": "removed",
      "used:1": null,
    });
    expect(report.stoppedBy).toBeNull();
    expect(report.warnings.join()).toContain("The ledger's disk was full");
    expect([...scene.record().images.keys()]).toEqual([used]);
    expect(scene.recordOf(used).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
    expect((await scene.run()).observation.gap).toBeNull();
  });

  it("says nothing of it where there is no removal to make, but that the ledger is full", async () => {
    const { scene, disk } = await sceneOnDisk(1);
    await scene.run();
    fill(disk);
    expect(await rejectionOf(scene.run())).toMatchObject({ code: "ledger-full" });
  });

  it("can make room before there is a ledger", async () => {
    const { scene, disk, many } = await sceneOnDisk(2);
    fill(disk);
    makeRoomAtRemoval(scene, disk);
    const report = await scene.run({ ...everything, keep: ["many:1"] });
    expect(imageIn(report, "many:0").outcome).toBe("removed");
    expect([...scene.record().images.keys()]).toEqual(many.slice(1));
  });

  it("that stays full stops before the engine forgets what could not be recorded, and tells what it did", async () => {
    const { scene, disk } = await sceneOnDisk(200);
    const used = scene.engine.load({ name: "used:1" });
    await scene.run();
    scene.clock.pass(hour);
    const usedAt = scene.clock.time;
    scene.engine.run("used:1");
    const before = scene.record();
    fill(disk);
    const content = readFileSync(scene.ledgerPath);
    const report = await scene.run({ ...everything, keep: ["used:*"] });
    expect(exitCodeOf(report)).toBe(5);
    expect(report.stoppedBy).toMatchObject({ code: "ledger-full" });
    expect(report.stoppedBy?.message).toMatch(/could not record this run.*its disk is full/);
    const gone = report.images.filter(({ outcome }) => outcome === "removed").length;
    expect(gone).toBeGreaterThan(10);
    // Two events for each of them, six of the use; a quarter of the buffer is left to others.
    expect(gone).toBe(Math.floor((256 - 6 - 65) / 2));
    expect(readFileSync(scene.ledgerPath).equals(content)).toBe(true);
    expect(scene.record()).toEqual(before);
    makeRoom(disk);
    const next = await scene.run();
    expect(next.observation.gap).toBeNull();
    expect(scene.recordOf(used).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
    expect(scene.record().images.size).toBe(201 - gone);
  });

  it("lets one image go, and no second one, where the engine's buffer is full of what is not recorded", async () => {
    const { scene, disk } = await sceneOnDisk(3);
    const busy = scene.engine.load({ name: "busy:1" });
    await scene.run();
    for (let count = 0; count < 50; count += 1) scene.engine.run("busy:1");
    scene.engine.createContainer(busy);
    fill(disk);
    const report = await scene.run(everything);
    expect(outcomesOf(report)).toMatchObject({ "many:0": "removed", "many:1": null, "many:2": null });
    expect(exitCodeOf(report)).toBe(5);
  });

  it("leaves an image with several names alone, as these cannot be noted", async () => {
    const { scene, disk } = await sceneOnDisk(0);
    const id = scene.engine.load({ name: ["two:1", "two:2"] });
    const one = scene.engine.load({ name: "one:1" });
    await scene.run();
    fill(disk);
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({ outcome: "skipped" });
    expect(imageIn(report, id).outcomeDetail).toMatch(
      /cannot note that they are about to go.*its disk is full/,
    );
    expect(imageIn(report, one).outcome).toBe("removed");
    expect(scene.names()).toEqual(["two:1", "two:2"]);
  });

  it("that fills up during the removals tells what it did", async () => {
    const { scene, disk } = await sceneOnDisk(3);
    await scene.run();
    scene.before("DELETE", /./, () => fill(disk));
    const report = await scene.run(everything);
    expect(new Set(Object.values(outcomesOf(report)))).toEqual(new Set(["removed"]));
    expect(exitCodeOf(report)).toBe(5);
    makeRoom(disk);
    const next = await scene.run();
    expect(next.observation.gap).toBeNull();
    expect(scene.record().images.size).toBe(0);
  });
});
