import { performance } from "node:perf_hooks";
import { emptyRecord } from "../../src/core/uses/checkpoint.js";
import { EventWindow } from "../../src/core/uses/event-window.js";
import { createListing } from "../../src/core/image/listing.js";
import { Replay } from "../../src/core/uses/replay.js";
import { parseEventLines } from "../../src/engine/transport/event-lines.js";
import { containerId, image } from "../support/values.js";

/**
 * How fast events are read and replayed, from the bytes of the engine's answer on, and whether memory grows with their
 * number. See README.md for how to repeat it.
 */
const sizes = process.argv.slice(2).map(Number);
const mebibyte = 1024 ** 2;
const images = Array.from({ length: 1000 }, (_, number) => image(`app-${number}`));
const chunkBytes = 64 * 1024;

/** The life of one `docker run --rm` after the other, with a tag now and then; as chunks of the size of a read. */
async function* answer(events: number): AsyncGenerator<Buffer> {
  const actions = ["create", "start", "exec_create: /bin/true", "exec_start: /bin/true", "die", "destroy"];
  let lines: string[] = [];
  let bytes = 0;
  for (let number = 0; number < events; number += 1) {
    const life = Math.floor(number / actions.length);
    const used = images[(life * 7919) % images.length] ?? image("never");
    const isTag = number % 1000 === 999;
    const action = isTag ? "tag" : (actions[number % actions.length] ?? "");
    const id = isTag ? used.id : containerId(String(life % 10_000));
    const attributes = isTag
      ? { name: `tagged-${life % 100}:1` }
      : { image: used.tags[0] ?? "", name: "some_name" };
    const event = {
      Type: isTag ? "image" : "container",
      Action: action,
      Actor: { ID: id, Attributes: attributes },
    };
    const line = `${JSON.stringify(event).slice(0, -1)},"scope":"local","timeNano":${1_795_000_000_000_000_000n + BigInt(number)}}\n`;
    lines.push(line);
    bytes += line.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.from(lines.join(""));
    [lines, bytes] = [[], 0];
    // Lets the garbage collector's finalisers run, as reads from a socket would.
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield Buffer.from(lines.join(""));
}

async function measure(events: number): Promise<string[]> {
  (globalThis as { gc?: () => void }).gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  let peak = 0;
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 5);
  const started = performance.now();
  const window = new EventWindow(null);
  const replay = new Replay({
    record: emptyRecord,
    listing: createListing(images, [], [], 0),
    continuous: true,
  });
  for await (const event of parseEventLines(answer(events))) {
    window.push(event);
    replay.apply(event);
  }
  const { uses } = replay.finish();
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watching);
  (globalThis as { gc?: () => void }).gc?.();
  const heapAfter = process.memoryUsage().heapUsed;
  return [
    events.toLocaleString("en"),
    `${seconds.toFixed(2)} s`,
    Math.round(events / seconds).toLocaleString("en"),
    `${((peak - heapBefore) / mebibyte).toFixed(1)} MiB`,
    `${((heapAfter - heapBefore) / mebibyte).toFixed(1)} MiB`,
    String(uses.size),
  ];
}

const rows = [["events", "time", "events/s", "peak heap", "heap left", "images used"]];
for (const size of sizes.length > 0 ? sizes : [10_000, 100_000, 1_000_000]) rows.push(await measure(size));
const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
for (const row of rows) console.log(row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
console.log(`peak RSS of the process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
