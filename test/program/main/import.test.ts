import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const day = 86_400;

/** An engine that came up with three images, and what docuum knows of them. */
async function prepare() {
  const practice = await startPracticeEngine();
  onTestFinished(() => practice.close());
  const [old, recent, unknown] = ["old:1", "recent:1", "unknown:1"].map((name) =>
    practice.engine.load({ name }),
  );
  practice.engine.restart();
  const seconds = Math.floor(Date.now() / 1000);
  const entry = (id: string | undefined, age: number, nanos = 5) =>
    `  "${id ?? ""}":\n    parent_id: ~\n    last_used_since_epoch: { secs: ${seconds - age}, nanos: ${nanos} }\n`;
  const absent = `sha256:${"0".repeat(64)}`;
  const file = join(temporaryFolder(), "state.yml");
  writeFileSync(
    file,
    `---\nimages:\n${entry(old, 30 * day)}${entry(recent, 60)}${entry(unknown, 900 * day, 0)}${entry(absent, day)}`,
  );
  const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
  return { practice, file, options };
}

describe("docker-gc import", () => {
  it("lets the next runs go on from what the other tool knew", async () => {
    const { practice, file, options } = await prepare();
    const result = await runHere(["import", file], options);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toContain("Took over the last use of 2 of 3 images.");
    expect(result.stdout).toMatch(/old:1 +30d ago +29d 23h.* +taken over/);
    expect(result.stdout).toMatch(/unknown:1 .* no time of a use/);
    expect(result.stdout).toContain("1 image in the file that this engine does not have.");
    expect(await runHere(["--keep-recent", "0"], options)).toMatchObject({ exitCode: 0 });
    expect(practice.engine.images.find("old:1")).toBeDefined();
    const { stdout } = await runHere(["--keep-recent", "0", "--grace", "0s"], options);
    expect(stdout).toContain("1 of 3 images removed");
    expect(practice.engine.images.find("old:1")).toBeUndefined();
  });

  it("in a dry run shows the same and writes nothing", async () => {
    const { file, options } = await prepare();
    const { stdout } = await runHere(["import", "--dry-run", file], options);
    expect(stdout).toContain("Would take over the last use of 2 of 3 images. Dry run: nothing was written.");
    expect(existsSync(options.ledger)).toBe(false);
  });

  it("changes nothing the second time", async () => {
    const { file, options } = await prepare();
    await runHere(["import", file], options);
    const imagesOf = async (): Promise<unknown> => {
      const { stdout } = await runHere(["--dry-run", "-o", "json"], options);
      const { images } = JSON.parse(stdout) as { images: { id: string; lastUsedAt: string }[] };
      return images.map(({ id, lastUsedAt }) => [id, lastUsedAt]).sort();
    };
    const before = await imagesOf();
    const { stdout } = await runHere(["import", file], options);
    expect(stdout).toContain("Took over the last use of 0 of 3 images.");
    expect(stdout).toContain("only later uses were taken");
    expect(await imagesOf()).toEqual(before);
  });

  it("has a document for programs", async () => {
    const { file, options } = await prepare();
    const { stdout } = await runHere(["import", "-o", "json", file], options);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      mode: "run",
      newLedger: true,
      absent: 1,
      images: [
        { refs: ["old:1"], outcome: "taken" },
        { refs: ["recent:1"], outcome: "taken" },
        { refs: ["unknown:1"], outcome: "no-use" },
      ],
    });
  });

  it("refuses what it does not know with 2, and asks no engine", async () => {
    const { practice, options } = await prepare();
    const file = join(temporaryFolder(), "notes.txt");
    writeFileSync(file, "milk, bread\n");
    const result = await runHere(["import", file], options);
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain(
      "its format is not known; expected docuum's state.yml or IoT Edge's image_use.",
    );
    expect(await runHere(["import", `${file}.gone`], options)).toMatchObject({ exitCode: 2 });
    expect(await runHere(["import"], options)).toMatchObject({ exitCode: 2 });
    expect(practice.requests).toEqual([]);
    expect(existsSync(options.ledger)).toBe(false);
  });

  it("leaves the ledger as it is when the engine cannot be reached", async () => {
    const { file, options } = await prepare();
    expect(await runHere(["import", file], { ...options, host: "unix:///nowhere" })).toMatchObject({
      exitCode: 4,
    });
    const ledger = openLedgerInMemory(options.ledger);
    expect(ledger.load({ key: "PRAC:TICE:ENGI:NE00 overlay2 /var/lib/docker" }).images.size).toBe(0);
    ledger.close();
  });
});
