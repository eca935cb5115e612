import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { run } from "../../../src/run/run.js";
import { measureFilesystem } from "../../../src/run/observe/measure-filesystem.js";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import { ApiEngine } from "../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../src/engine/transport/connection.js";
import type { Ledger } from "../../../src/ledger/port.js";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { askedPolicy, type PolicyRecipe } from "../../support/values.js";
import { EngineClient } from "../../support/engine-client.js";
import { ociArchive } from "../../support/oci-archive.js";
import { usualListing } from "../../../src/run/observe/list.js";
import { crowdOf, randomFrom, type NamedImage } from "./crowd.js";
import { bytesBelow, bytesOfAccount, bytesOnDisk } from "./disk.js";
import { serveImages } from "./registry.js";

// How true the bytes are that a run plans to free, on an empty engine with the containerd store: see README.md.
const { values } = parseArgs({
  options: {
    host: { type: "string" },
    root: { type: "string" },
    // What is compared: containerd's files, or the engine's own account (classic stores, Podman).
    store: { type: "string", default: "containerd" },
    images: { type: "string", default: "40" },
    sets: { type: "string", default: "50" },
    quotas: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    // A user who may use the engine's socket and not read containerd's files.
    user: { type: "string" },
  },
});
const { host, root, store } = values;
if (host === undefined || root === undefined)
  throw new Error("Expected --host unix:///… and --root FOLDER of the images, as this host sees it.");
const random = randomFrom(Number(values.seed) * 7919 + 1);
const client = new EngineClient(host);
const crowd = crowdOf(Number(values.images), 5, random);
const registry = await serveImages(crowd);
// Classic stores load no OCI archives, and Podman pulls from nobody without TLS.
const pulls = { containerd: (index: number) => index % 2 === 1, classic: () => true, podman: () => false };
if (store !== "containerd" && store !== "classic" && store !== "podman")
  throw new Error("Expected --store containerd, classic or podman.");
const isPulled = new Map(crowd.map(({ name }, index) => [name, pulls[store](index)]));
const occupied = async () => (store === "containerd" ? bytesOnDisk(root) : bytesOfAccount(client));

/** In the containerd store every other image is pulled, the others are loaded. */
async function bringBack(missing: readonly NamedImage[]): Promise<void> {
  const loaded = missing.filter(({ name }) => isPulled.get(name) === false);
  // Podman takes the first image of an archive.
  for (const part of store === "podman" ? loaded.map((each) => [each]) : [loaded]) {
    if (part.length === 0) continue;
    const images = part.map(({ name, image }) => ({ name: `docker.io/${name}`, image }));
    const answer = await client.request("POST", "/images/load", ociArchive(images));
    if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(answer.text);
  }
  for (const { name } of missing.filter((each) => isPulled.get(each.name) === true)) {
    const [repository = "", tag = ""] = name.split(":");
    const path = `/images/create?fromImage=${registry.address}/${repository}&tag=${tag}`;
    const answer = await client.request("POST", path);
    if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(answer.text);
  }
}

async function missingOf(all: readonly NamedImage[]): Promise<NamedImage[]> {
  const tags = new Set((await client.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []));
  return all.filter(
    ({ name }) => !["", "docker.io/", `${registry.address}/`].some((before) => tags.has(before + name)),
  );
}

async function runOnce(policy: PolicyRecipe, ledger: Ledger, mode: "run" | "dry-run"): Promise<RunReport> {
  const user = values.user === undefined ? null : Number(values.user);
  if (user !== null) process.seteuid?.(user);
  try {
    const socketPath = host?.replace("unix://", "") ?? "";
    const { report } = await run(
      {
        mode,
        policy: askedPolicy({ graceMs: 0, keepRecent: 0, ...policy }),
        historyAgeMs: 1e9,
        listing: usualListing,
        warnings: [],
      },
      {
        engine: new ApiEngine(new Connection({ kind: "unix", socketPath }), 600_000),
        openLedger: () => ledger,
        steadyClock: () => ({ bootId: "accuracy", elapsedMs: Math.floor(performance.now()) }),
        measureFilesystem,
        interruptedBy: () => null,
        beforeRemovals: () => undefined,
        onProgress: () => undefined,
      },
    );
    return report;
  } finally {
    if (user !== null) process.seteuid?.(0);
  }
}

/** At least from 0 to 1, sorted. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const shown = (share: number) => `${(share * 100).toFixed(3)} %`;

try {
  if ((await client.listImages()).length > 0)
    throw new Error(`${host} has images, and they would be removed.`);
  await bringBack(crowd);
  let ledger = openLedgerInMemory("/nonexistent/accuracy.db");
  const errors: number[] = [];
  const beyond: number[] = [];
  for (let set = 0; set < Number(values.sets); set += 1) {
    const share = 0.1 + random() * 0.8;
    const going = crowd.filter(() => random() < share).slice(0, 39);
    if (going.length === 0) continue;
    const only = going.flatMap(({ name }) => [name, `${registry.address}/${name}`]);
    // What an earlier set has taught counts as it does for anybody.
    const before = await occupied();
    const files = store === "podman" ? bytesBelow(root) : null;
    const report = await runOnce({ maxAgeMs: 0, only }, ledger, "run");
    const freed = before - (await occupied());
    const planned = report.usage.plannedFreedBytes;
    const removed = report.images.filter(({ outcome }) => outcome === "removed").length;
    const isParent = ({ image, verdict }: RunReport["images"][number]) =>
      verdict.kind === "keep" &&
      verdict.reasons.includes("parent-of-kept") &&
      image.tags.some((tag) => only.some((name) => tag.endsWith(name)));
    if (removed + report.images.filter(isParent).length !== going.length)
      throw new Error(`${removed} of ${going.length} went: ${report.warnings.join(" ")}`);
    errors.push(Math.abs(planned - freed) / freed);
    const bound = report.usage.plannedSlackBytes;
    beyond.push(Math.abs(planned - freed) > bound ? 1 : 0);
    const told = report.usage.measuredFreedBytes;
    console.log(
      `set ${set}: ${going.length} images, planned ${planned} (± ${bound}), freed ${freed}, measured ${told}, off ${shown(errors.at(-1) ?? 0)}`,
    );
    if (files !== null) {
      const { lengths, blocks } = bytesBelow(root);
      const [ofLengths, ofBlocks] = [files.lengths - lengths, files.blocks - blocks];
      const share = (bytes: number) => shown((bytes - planned) / planned);
      console.log(
        `  files: freed ${ofLengths} (${share(ofLengths)}), in blocks ${ofBlocks} (${share(ofBlocks)})`,
      );
    }
    await bringBack(going);
    await sleep(0);
    if (values.user !== undefined) ledger = openLedgerInMemory("/nonexistent/accuracy.db");
  }
  if (errors.length > 0) {
    console.log(
      `planned and freed differ by ${shown(quantile(errors, 0.5))} in the median, ${shown(quantile(errors, 0.95))} in the 95th percentile, ${shown(Math.max(...errors))} at most`,
    );
    console.log(
      `${beyond.reduce((sum, each) => sum + each, 0)} of ${beyond.length} beyond the bound that was told`,
    );
  }
  let [met, told, missed] = [0, 0, 0];
  for (let quota = 0; quota < Number(values.quotas); quota += 1) {
    ledger = openLedgerInMemory("/nonexistent/accuracy.db");
    const total = await occupied();
    const quotaBytes = Math.floor(total * (0.2 + random() * 0.7));
    const first = await runOnce({ maxAgeMs: null, quotaBytes }, ledger, "run");
    const left = [await occupied()];
    const codes: number[] = [exitCodeOf(first)];
    if ((left[0] ?? 0) > quotaBytes) {
      const second = await runOnce({ maxAgeMs: null, quotaBytes }, ledger, "run");
      left.push(await occupied());
      codes.push(exitCodeOf(second));
    }
    const end = left.at(-1) ?? 0;
    const isMet = end <= quotaBytes;
    if (isMet) met += 1;
    else if (codes.at(-1) === 6) told += 1;
    else missed += 1;
    console.log(
      `quota ${quota}: ${quotaBytes} of ${total}, left ${left.join(", then ")}, exit ${codes.join(", ")}`,
    );
    await bringBack(await missingOf(crowd));
  }
  console.log(`quota: met ${met}, not met and exit 6 ${told}, missed ${missed}`);
  await client.removeAll();
} finally {
  registry.close();
}
