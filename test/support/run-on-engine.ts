import type { RunReport } from "../../src/core/results/run-report.js";
import { ApiEngine } from "../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../src/engine/transport/connection.js";
import type { Ledger } from "../../src/ledger/port.js";
import { usualListing } from "../../src/run/observe/list.js";
import { measureFilesystem } from "../../src/run/observe/measure-filesystem.js";
import { readSteadyClock } from "../../src/run/observe/steady-clock.js";
import { run } from "../../src/run/run.js";
import { askedPolicy, type PolicyRecipe } from "./values.js";

/** One run in this process, which is a second faster than a command of its own. `host`: `unix://…` */
export async function runOnEngine(host: string, ledger: Ledger, limits: PolicyRecipe): Promise<RunReport> {
  const connection = new Connection({ kind: "unix", socketPath: host.replace("unix://", "") });
  const { report } = await run(
    { mode: "run", policy: askedPolicy(limits), historyAgeMs: 1e9, listing: usualListing, warnings: [] },
    {
      engine: new ApiEngine(connection, 60_000),
      openLedger: () => ledger,
      steadyClock: readSteadyClock,
      measureFilesystem,
      interruptedBy: () => null,
      beforeRemovals: () => undefined,
      onProgress: () => undefined,
    },
  );
  return report;
}
