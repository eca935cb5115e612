import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import type { EngineClient } from "../support/engine-client.js";
import { fingerprint } from "../support/fingerprint.js";
import { runCli, spawnCli, type CliProcess } from "../support/run-cli.js";
import { imageNamed, plainName, spawnJson } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const mebibyte = 1024 * 1024;
/** Every image holds busybox, so none is smaller. */
const small = 2 * mebibyte;
const many = 48;
const ownBytes = 1024;

describeWithRealEngine("safety on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it("plans the same in a dry run and in a real one, and a dry run changes no byte", async () => {
    const { client, host } = engine();
    const folder = temporaryFolder();
    const ledger = join(folder, "ledger.db");
    // They share busybox, so each adds a little more than one MiB of its own.
    for (const name of ["one:1", "two:1", "three:1"])
      await client.loadImage({ name, layers: [3 * mebibyte] });
    await spawnJson([], { host, ledger });
    await client.runRemoved("two:1");
    // Room for two of the three, by the engine's own account.
    const { beforeBytes } = (await spawnJson(["--dry-run"], { host, ledger })).usage;
    const args = ["--quota", String(beforeBytes - 1), "--grace", "0s"];
    const before = fingerprint(folder);

    const dry = await spawnJson([...args, "--dry-run"], { host, ledger });

    expect(fingerprint(folder)).toEqual(before);
    expect((await client.listImages()).length).toBe(3);
    const real = await spawnJson(args, { host, ledger });
    const verdicts = (images: typeof dry.images) =>
      images.map(({ id, verdict, reasons, freedBytes }) => ({ id, verdict, reasons, freedBytes }));
    expect(verdicts(real.images)).toEqual(verdicts(dry.images));
    expect(real.usage.plannedFreedBytes).toBe(dry.usage.plannedFreedBytes);
    expect(real.totals["removed"]).toBe(1);
  });

  it("writes nothing in a dry run where there is no ledger yet", async () => {
    const { client, host } = engine();
    await client.loadImage({ name: "one:1", layers: [small] });
    const folder = temporaryFolder();
    const result = await runCli(["--dry-run"], { host, ledger: join(folder, "state", "ledger.db") });
    expect(result.exitCode).toBe(0);
    expect(fingerprint(folder)).toEqual([]);
  });

  it("ends a second run at once with 75 while the first goes on", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const removeNearlyAll = await loadMany(client);
    const first = await spawnCli(removeNearlyAll, { host, ledger });
    await removalsBegin(client, first);
    first.child.kill("SIGSTOP");

    const second = await runCli(removeNearlyAll, { host, ledger });
    const left = (await client.listImages()).length;
    first.child.kill("SIGCONT");

    expect(second.exitCode).toBe(75);
    expect(second.stderr).toMatch(/another run holds the lock/i);
    expect(left).toBeGreaterThan(1);
    expect((await first.result).exitCode).toBe(0);
    expect((await client.listImages()).length).toBe(1);
  });

  it("just works after a kill during removals, and has the uses that were recorded before", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const removeNearlyAll = await loadMany(client);
    await client.loadImage({ name: "used:1", layers: [small] });
    await spawnJson([], { host, ledger });
    await client.runRemoved("used:1");
    const usedAt = Date.now();
    const killed = await spawnCli(removeNearlyAll, { host, ledger });
    await removalsBegin(client, killed);
    killed.child.kill("SIGKILL");
    expect((await killed.result).signal).toBe("SIGKILL");
    // By now the use would be unknown, were it not in the ledger.
    for (let count = 0; count < 260; count += 1) await client.tag("used:1", "used:again");
    await client.removeImage("used:again");

    const next = await spawnJson([...removeNearlyAll, "--dry-run"], { host, ledger });
    const used = imageNamed(next, "used:1");
    expect(Date.parse(used.lastUsedAt)).toBeGreaterThanOrEqual(usedAt - 1000);
    const last = await spawnJson(removeNearlyAll, { host, ledger });
    expect(last.exitCode).toBe(0);
    expect((await client.listImages()).flatMap(({ RepoTags }) => (RepoTags ?? []).map(plainName))).toEqual([
      "used:1",
    ]);
  });

  it("finishes the image in hand on SIGTERM, records, reports and exits 143", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const removeNearlyAll = await loadMany(client);
    const run = await spawnCli([...removeNearlyAll, "--output", "json"], { host, ledger });
    await removalsBegin(client, run);
    run.child.kill("SIGTERM");
    const { exitCode, stdout } = await run.result;
    expect(exitCode).toBe(143);
    const report = JSON.parse(stdout) as { totals: Record<string, number>; interruptedBy: string };
    const left = (await client.listImages()).length;
    expect(report.interruptedBy).toBe("SIGTERM");
    expect(left).toBeGreaterThan(1);
    expect(report.totals["removed"]).toBe(many - left);
  });

  it("refuses a ledger that is a text file, removes nothing and leaves it untouched", async () => {
    const { client, host } = engine();
    await client.loadImage({ name: "one:1", layers: [small] });
    const folder = temporaryFolder();
    const ledger = join(folder, "ledger.db");
    mkdirSync(folder, { recursive: true });
    writeFileSync(ledger, "my shopping list\n");
    const result = await runCli(["--quota", "1K", "--grace", "0s", "--keep-recent", "0"], { host, ledger });
    expect(result).toMatchObject({ exitCode: 5, stdout: "" });
    expect(result.stderr).toContain(ledger);
    expect(readFileSync(ledger, "utf8")).toBe("my shopping list\n");
    expect((await client.listImages()).length).toBe(1);
  });
});

/**
 * Small images on one base, so that it goes fast. Answers with limits that one of them fits in, and no second one, by
 * the engine's own account: not every store counts what was loaded, and nothing else.
 */
async function loadMany(client: EngineClient): Promise<string[]> {
  const images = Array.from({ length: many }, (_, number) => ({
    name: `many:${number}`,
    baseLayers: [small],
    layers: [ownBytes],
  }));
  const bytes = async () => (await spawnJson(["--dry-run"], { host: client.host })).usage.beforeBytes;
  await client.loadImages(images.slice(0, 1));
  const ofOne = await bytes();
  await client.loadImages(images.slice(1, 2));
  const quota = Math.round((ofOne + (await bytes())) / 2);
  await client.loadImages(images.slice(2));
  return ["--quota", String(quota), "--grace", "0s", "--max-age", "off"];
}

/** Settles when the first image is gone. */
async function removalsBegin(client: EngineClient, { child }: CliProcess): Promise<void> {
  const before = (await client.listImages()).length;
  // Podman 4 does not list at all while an image goes.
  const listed = () => client.listImages().catch(() => ({ length: before }));
  await client.waitFor(async () => (await listed()).length < before);
  if (child.exitCode !== null) throw new Error("The run ended before it could be caught.");
}
