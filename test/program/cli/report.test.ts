import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { everything, hour, startScene, type Scene } from "../../support/scene.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** A ledger with a use, a removal and an image that stays. */
async function sceneWithPast(): Promise<Scene> {
  const scene = await startScene({ apiVersion: "1.51" });
  scene.engine.pull({ name: "shop/web:1", bytes: 1000 });
  scene.engine.pull({ name: "shop/gone:1", bytes: 500 });
  await scene.run();
  scene.clock.pass(2 * hour);
  scene.engine.startContainer(scene.engine.createContainer("shop/web:1", { name: "web" }));
  await scene.run(everything);
  return scene;
}

function reportOf(scene: Scene, ...argv: readonly string[]) {
  return runHere(["report", ...argv], { ledger: scene.ledgerPath });
}

describe("report --html", () => {
  it("makes a page of the ledger, for its owner alone, and writes nothing else", async () => {
    const scene = await sceneWithPast();
    const file = join(temporaryFolder(), "report.html");
    const { exitCode, stdout, stderr } = await reportOf(scene, "--html", file);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const page = readFileSync(file, "utf8");
    for (const text of [
      "2 runs from",
      "1 image removed",
      "shop/gone:1",
      "1000 B after the last run, with a quota of 1 B",
    ])
      expect(page).toContain(text);
    expect(page).toMatch(/aria-label="shop\/web:1: \d uses?, 0 removals"/);
    expect(page).toMatch(/shop\/web: 1000 B, 1 image\b/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it("takes the place of a former report, and of nothing else", async () => {
    const scene = await sceneWithPast();
    const folder = temporaryFolder();
    const [file, other] = [join(folder, "report.html"), join(folder, "letter.html")];
    expect((await reportOf(scene, "--html", file)).exitCode).toBe(0);
    expect((await reportOf(scene, "--html", file)).exitCode).toBe(0);
    writeFileSync(other, "<p>Dear Ann</p>");
    const refused = await reportOf(scene, "--html", other);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("the file there is not a report of docker-gc");
    expect(readFileSync(other, "utf8")).toBe("<p>Dear Ann</p>");
  });

  it("follows no link that somebody has planted", async () => {
    const scene = await sceneWithPast();
    const folder = temporaryFolder();
    const victim = join(folder, "victim");
    writeFileSync(victim, "precious");
    const file = join(folder, "report.html");
    symlinkSync(victim, `${file}.new`);
    expect((await reportOf(scene, "--html", file)).exitCode).toBe(0);
    symlinkSync(victim, join(folder, "link.html"));
    expect((await reportOf(scene, "--html", join(folder, "link.html"))).exitCode).toBe(2);
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  it("says what is wrong where it cannot be written, and asks for a file", async () => {
    const scene = await sceneWithPast();
    const folder = join(temporaryFolder(), "folder");
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    const nowhere = await reportOf(scene, "--html", join(folder, "missing", "report.html"));
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toContain("--html: the report cannot be written to");
    const without = await reportOf(scene);
    expect(without.exitCode).toBe(2);
    expect(without.stderr).toContain("--html FILE");
  });

  it("of an empty ledger says so", async () => {
    const file = join(temporaryFolder(), "report.html");
    const { exitCode } = await runHere(["report", "--html", file], {});
    expect(exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("No run is recorded.");
  });
});
