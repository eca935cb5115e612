import { join } from "node:path";
import { expect, it } from "vitest";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

it("a run that would remove too large a share of all images removes none, and --yes lets it", async () => {
  const practice = await practiceEngine();
  const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
  const args = [...removeAll, "--max-removed-share", "60%"];
  const dry = await runHere([...args, "--dry-run"], options);
  expect(dry.exitCode).toBe(6);
  expect(dry.stdout).toContain("Goes: 2 images");
  expect(dry.stdout).toContain("2 of 2 images are due, more than the 60%");
  const held = await runHere(args, options);
  expect(held.exitCode).toBe(6);
  expect(held.stdout).toContain("Nothing freed: 0 of 2 images removed, 2 skipped");
  expect(held.stdout).toContain("a run removes none of them without --yes");
  expect((await runHere(["--quiet", ...args], options)).stderr).toContain("--max-removed-share");
  expect((await runHere(["status", ...args], options)).stdout).toContain("--max-removed-share");
  expect(practice.engine.images.size).toBe(2);
  const json = await runHere(["--output", "json", ...args], options);
  expect(JSON.parse(json.stdout)).toMatchObject({
    policy: { maxRemovedPercent: 60 },
    unmetLimits: [{ limit: "max-removed-share", limitPercent: 60, plannedImages: 2, images: 2 }],
    exitCode: 6,
  });
  expect((await runHere([...args, "--yes"], options)).exitCode).toBe(0);
  expect(practice.engine.images.size).toBe(0);
});

it("a share that is not exceeded stops nothing", async () => {
  const practice = await practiceEngine();
  practice.engine.createContainer("app:1");
  const args = [...removeAll, "--max-removed-share", "60%"];
  await runHere(args, { host: practice.host });
  expect(practice.engine.images.size).toBe(1);
});
