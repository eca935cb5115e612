import { execFileSync } from "node:child_process";
import { deepStrictEqual, match } from "node:assert/strict";
import { parseArgs } from "node:util";
import type { RunReport } from "../../src/core/results/run-report.js";
import { ApiEngine } from "../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../src/engine/transport/connection.js";
import type { Ledger } from "../../src/ledger/port.js";
import { openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { usualListing } from "../../src/run/observe/list.js";
import { measureFilesystem } from "../../src/run/observe/measure-filesystem.js";
import { readSteadyClock } from "../../src/run/observe/steady-clock.js";
import { run } from "../../src/run/run.js";
import { serveImages } from "../bench/accuracy/registry.js";
import { EngineClient } from "../support/engine-client.js";
import { gzippedLayer, ociImage } from "../support/oci-archive.js";
import { askedPolicy } from "../support/values.js";

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

async function observe(host: string, ledger: Ledger): Promise<RunReport> {
  const { report } = await run(
    { mode: "run", policy: askedPolicy({}), historyAgeMs: 1e9, listing: usualListing, warnings: [] },
    {
      engine: new ApiEngine(
        new Connection({ kind: "unix", socketPath: host.replace("unix://", "") }),
        60_000,
      ),
      openLedger: () => ledger,
      steadyClock: readSteadyClock,
      measureFilesystem,
      interruptedBy: () => null,
      onProgress: () => undefined,
    },
  );
  return report;
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
  const known = sights(await observe(before, ledger));
  deepStrictEqual(Object.keys(known).sort(), [...names].sort());
  execFileSync("sh", ["-c", command], { stdio: "inherit" });
  await fill(now);
  const report = await observe(after, ledger);
  match(report.warnings.join("\n"), /of 3 of 3 images was carried over/);
  deepStrictEqual(sights(report), known);
  await now.removeAll();
  console.log(`${report.warnings.join("\n")}\nAll were first seen when they were before the switch.`);
} finally {
  registry.close();
}
