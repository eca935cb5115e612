import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { runHere, spawnCli } from "../../support/run-cli.js";
import { imageNamed, runJson } from "../../support/run-json.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** Two readings of the same clock, rounded differently. */
const clockGrainMs = 5;

async function setScene() {
  const practice = await startPracticeEngine();
  onTestFinished(() => practice.close());
  practice.engine.load({ name: "used:1", megabytes: 1 });
  practice.engine.load({ name: "other:1", megabytes: 1 });
  const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
  return { practice, options };
}

/** Settles when the command follows the engine's events. */
async function follows(
  practice: Awaited<ReturnType<typeof setScene>>["practice"],
  listings: number,
): Promise<void> {
  const drains = () => practice.requests.filter(({ path }) => path.startsWith("/events?since=0")).length;
  for (let tries = 0; drains() < listings && tries < 500; tries += 1) await sleep(20);
  expect(drains()).toBeGreaterThanOrEqual(listings);
}

it("loses no use that was written down while it lingered, when it is killed", async () => {
  const { practice, options } = await setScene();
  const lingering = await spawnCli(["--linger", "60s"], options);
  await follows(practice, 2);
  const before = Date.now();
  for (let count = 0; count < 15; count += 1) practice.engine.run("used:1");
  // It reads what is new, lists, reads what came meanwhile, and saves.
  await follows(practice, 4);
  await sleep(1000);
  lingering.child.kill("SIGKILL");
  expect((await lingering.result).signal).toBe("SIGKILL");
  // What the engine remembers is gone: only the ledger can know.
  practice.engine.restart();

  const next = await runJson([], options);

  expect(next.observation.gap?.cause).toBe("restart");
  expect(Date.parse(imageNamed(next, "used:1").lastUsedAt)).toBeGreaterThanOrEqual(before - clockGrainMs);
  expect(imageNamed(next, "used:1").lastUseKind).toMatch(/^container-/);
});

it("ends early on SIGTERM, with what it saw written down and the exit code of the run", async () => {
  const { practice, options } = await setScene();
  const lingering = await spawnCli(["--linger", "60s", "--quiet"], options);
  await follows(practice, 2);
  const before = Date.now();
  practice.engine.run("used:1");
  // The engine's clock, as estimated from here, may lag by a round trip.
  await sleep(200);
  lingering.child.kill("SIGTERM");
  expect(await lingering.result).toMatchObject({ exitCode: 0, signal: null, stdout: "", stderr: "" });
  practice.engine.restart();
  const next = await runJson([], options);
  expect(Date.parse(imageNamed(next, "used:1").lastUsedAt)).toBeGreaterThanOrEqual(before - clockGrainMs);
});

it("goes on without a gap through many times the events that the engine remembers", async () => {
  const { practice, options } = await setScene();
  await runJson([], options);
  const lingering = runHere(["--linger", "4s", "--quiet"], options);
  await follows(practice, 3);
  for (let burst = 0; burst < 15; burst += 1) {
    for (let count = 0; count < 16; count += 1) practice.engine.run(count === 7 ? "used:1" : "other:1");
    await sleep(150);
  }
  expect((await lingering).exitCode).toBe(0);
  const next = await runJson([], options);
  expect(next.observation).toMatchObject({ continuous: true, gap: null });
  const [used, other] = [imageNamed(next, "used:1"), imageNamed(next, "other:1")];
  expect(Date.parse(used.lastUsedAt)).toBeLessThanOrEqual(Date.parse(other.lastUsedAt));
  expect(used.lastUseKind).toMatch(/^container-/);
});

it("finds the gap that a restart of the engine makes meanwhile, and follows it again", async () => {
  const { practice, options } = await setScene();
  await runJson([], options);
  const lingering = runHere(["--linger", "3s", "--quiet"], options);
  await follows(practice, 3);
  practice.engine.restart();
  practice.engine.run("used:1");
  expect((await lingering).exitCode).toBe(0);
  const next = await runJson([], options);
  expect(next.observation.continuous).toBe(true);
  expect(imageNamed(next, "used:1").lastUseKind).toMatch(/^container-/);
});

it("does not linger after a dry run", async () => {
  const { options } = await setScene();
  const started = performance.now();
  expect((await runHere(["--dry-run", "--linger", "60s"], options)).exitCode).toBe(0);
  expect(performance.now() - started).toBeLessThan(30_000);
});
