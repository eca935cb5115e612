import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { ImageFacts } from "../../src/core/facts/image-facts.js";
import { removalOrder } from "../../src/core/facts/order.js";
import type { ImageId } from "../../src/core/image/image.js";
import { expectedUses, needOrder, type UsePast } from "../../src/core/plan/need-order.js";
import { emptyReturnHistory, withEnded, type IdleTime } from "../../src/core/returns/return-history.js";
import { append } from "../../src/core/text/append.js";
import { facts } from "../support/values.js";
import { Chance } from "./simulate/workloads/chance.js";

/** How long it takes to put images into the order in which they are needed. See README.md. */
const [count, repositories, hour, day] = [100_000, 5_000, 3_600_000, 86_400_000];
const now = 90 * day;
const chance = new Chance(1);
const repositoryOf = (number: number) => `registry.example/team/app${number % repositories}`;

function idleMs(): number {
  return Math.floor(60 * day * chance.next() ** 3);
}

function factsOf(number: number): ImageFacts {
  const [idle, isUntagged] = [idleMs(), chance.chance(0.2)];
  const name = `${repositoryOf(number)}:${number}`;
  const fields = { tags: isUntagged ? [] : [name], lastTags: [name] };
  return facts(`image ${number}`, { idleMs: idle, lastUsedAt: now - idle, isUntagged, fields });
}

// A copy has each text in one piece, as what is read from an engine and a ledger.
const images = structuredClone(Array.from({ length: count }, (_, number) => factsOf(number)));
const idleTimes = new Map<ImageId, number[]>();
for (const id of structuredClone(images.map(({ image }) => image.id).sort()))
  for (let times = chance.below(9); times > 0; times -= 1) append(idleTimes, id, hour + idleMs());
const ended = Array.from({ length: count }, (_, number): IdleTime => {
  const tagState = chance.chance(0.8) ? "tagged" : "untagged";
  return { group: { repository: repositoryOf(number), tagState }, idleMs: hour + idleMs() };
});
const history = structuredClone(withEnded(emptyReturnHistory, ended, now));
const past: UsePast = { history, idleTimes, removed: [], observedMs: now };

for (let round = 0; round < 5; round += 1) {
  globalThis.gc?.();
  // What it has found is swept by other threads for a while.
  await setTimeout(500);
  const inRemovalOrder = removalOrder(images);
  const [heap, started, processors] = [process.memoryUsage().heapUsed, performance.now(), process.cpuUsage()];
  needOrder(
    inRemovalOrder,
    expectedUses(images, "next-use", () => past),
  );
  const { user, system } = process.cpuUsage(processors);
  const [wallMs, usedMs] = [performance.now() - started, (user + system) / 1000];
  const megabytes = (process.memoryUsage().heapUsed - heap) / 1e6;
  console.log(`${wallMs.toFixed(0)} ms, ${usedMs.toFixed(0)} ms of processors, ${megabytes.toFixed(0)} MB`);
}
