import { usualListing } from "../../src/run/observe/list.js";
import { measureFilesystem } from "../../src/run/observe/measure-filesystem.js";
import { run } from "../../src/run/run.js";
import { readSteadyClock } from "../../src/run/observe/steady-clock.js";
import type { SteadyClock } from "../../src/core/uses/checkpoint.js";
import type { RunReport } from "../../src/core/results/run-report.js";
import { ApiEngine } from "../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../src/engine/transport/connection.js";
import { openLedger, openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { askedPolicy, type PolicyRecipe } from "../support/values.js";

const historyAgeMs = 24 * 60 * 60 * 1000;

export interface ObserverOptions {
  readonly socketPath: string;
  readonly ledgerPath: string;
  readonly timeoutMs: number;
  readonly steadyClock?: () => SteadyClock;
}

/** A run in this process: it is never killed, and knows what a run can know. */
export async function runHere(
  mode: "run" | "dry-run",
  policy: PolicyRecipe,
  { socketPath, ledgerPath, timeoutMs, steadyClock = readSteadyClock }: ObserverOptions,
): Promise<RunReport> {
  const open = mode === "run" ? openLedger : openLedgerInMemory;
  const ledger = open(ledgerPath);
  try {
    const { report } = await run(
      { mode, policy: askedPolicy(policy), historyAgeMs, listing: usualListing, warnings: [] },
      {
        engine: new ApiEngine(new Connection({ kind: "unix", socketPath }), timeoutMs),
        openLedger: () => ledger,
        steadyClock,
        measureFilesystem,
        interruptedBy: () => null,
        beforeRemovals: () => undefined,
        onProgress: () => undefined,
      },
    );
    return report;
  } finally {
    ledger.close();
  }
}
