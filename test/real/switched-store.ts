import { execFileSync } from "node:child_process";
import { deepStrictEqual, match } from "node:assert/strict";
import { parseArgs } from "node:util";
import type { RunReport } from "../../src/core/results/run-report.js";
import { openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { serveImages } from "../bench/accuracy/registry.js";
import { EngineClient } from "../support/engine-client.js";
import { gzippedLayer, ociImage } from "../support/oci-archive.js";
import { runOnEngine } from "../support/run-on-engine.js";

// The store of an engine is switched above the same data, and what was loaded and pulled is loaded and pulled again: see README.md.
const { values } = parseArgs({
  options: { before: { type: "string" }, after: { type: "string" }, switch: { type: "string" } },
});
const { before, after, switch: command } = values;
if (before === undefined || after === undefined || command === undefined)
  throw new Error("Expected --before unix:///…, --after unix:///… and --switch COMMAND.");

const layer = gzippedLayer("pulled", Buffer.alloc(500_000, "pulled"));
const registry = await serveImages([{ name: "team/pulled:1", image: ociImage([layer], "pulled") }]);
const names = ["loaded:1", "loaded:2", `${registry.address}/team/pulled:1`];

async function fill(client: EngineClient): Promise<void> {
  for (const name of names.slice(0, 2))
    await client.loadImage({ name, baseLayers: [3_000_000], layers: [40_000] });
  const answer = await client.request(
    "POST",
    `/images/create?fromImage=${registry.address}/team/pulled&tag=1`,
  );
  if (answer.status !== 200 || answer.text.includes('"error"')) throw new Error(answer.text);
}

/** When each image was seen for the first time, by name. */
function sights({ images }: RunReport): Record<string, number> {
  return Object.fromEntries(
    images.flatMap(({ image, firstSeenAt }) => image.tags.map((tag) => [tag, firstSeenAt])),
  );
}

try {
  const [old, now] = [new EngineClient(before), new EngineClient(after)];
  if ((await old.listImages()).length > 0)
    throw new Error(`${before} has images, and they would be removed.`);
  const ledger = openLedgerInMemory("/nonexistent/switched.db");
  await fill(old);
  const known = sights(await runOnEngine(before, ledger, {}));
  deepStrictEqual(Object.keys(known).sort(), [...names].sort());
  execFileSync("sh", ["-c", command], { stdio: "inherit" });
  await fill(now);
  const report = await runOnEngine(after, ledger, {});
  match(report.warnings.join("\n"), /of 3 of 3 images was carried over/);
  deepStrictEqual(sights(report), known);
  await now.removeAll();
  console.log(`${report.warnings.join("\n")}\nAll were first seen when they were before the switch.`);
} finally {
  registry.close();
}
