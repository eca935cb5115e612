import { setTimeout } from "node:timers/promises";
import { acquireLock } from "../../../src/ledger/file/lock.js";
import { openLedger, openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { engine, record, run, wideRecord } from "./build-records.js";

/** Another process on the same ledger; see start-child.ts. */
const [task, path = ""] = process.argv.slice(2);

if (task === "hold-lock") {
  await acquireLock(path, { waitMs: 0 });
} else if (task === "save") {
  const ledger = openLedger(path);
  ledger.save(engine, record(), run());
} else if (task === "save-in-memory") {
  openLedgerInMemory(path).save(engine, record(), run());
} else if (task === "save-again-and-again") {
  for (let generation = 1; ; generation++) {
    const ledger = openLedger(path);
    ledger.save(engine, wideRecord(2 * generation), run());
    ledger.save(engine, wideRecord(2 * generation + 1), run());
    if (generation === 1) {
      console.log("ready");
    }
    ledger.close();
  }
}
console.log("ready");
// Neither closes nor releases anything: the test kills it.
await setTimeout(60_000);
