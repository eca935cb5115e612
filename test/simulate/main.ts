import { parseArgs } from "node:util";
import { SimulatedHost } from "./simulated-host.js";
import { simulateAll, summarize, type TableRow } from "./table.js";
import { readTrace } from "./trace.js";

/** Runs the planner over traces of uses, and prints what was pulled and removed. See README.md. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trace: { type: "string" },
    quota: { type: "string" },
    order: { type: "string", default: "next-use" },
    table: { type: "boolean", default: false },
    shares: { type: "string", default: "0.1,0.2,0.4,0.6" },
  },
});

async function simulateOne(path: string, quotaBytes: number, order: "next-use" | "last-use"): Promise<void> {
  const host = new SimulatedHost(quotaBytes, order);
  for await (const line of readTrace(path)) host.apply(line);
  console.log(JSON.stringify(host.result));
}

async function printTable(paths: readonly string[], shares: readonly number[]): Promise<void> {
  const rows: TableRow[] = [];
  console.log("| trace | quota | by last use, MB | by next use | offline |\n|---|---|---|---|---|");
  for await (const row of simulateAll(paths, shares)) {
    const { "last-use": last, "next-use": next, offline } = row.pulledBytes;
    const cells = [
      `${row.share * 100} %`,
      (last / 1e6).toFixed(0),
      (next / last).toFixed(3),
      (offline / last).toFixed(3),
    ];
    console.log(`| ${[row.trace, ...cells].join(" | ")} |`);
    rows.push(row);
  }
  console.log(JSON.stringify(summarize(rows)));
}

const { trace, order } = values;
const quotaBytes = Number(values.quota);
const shares = values.shares.split(",").map(Number);
if (values.table && positionals.length > 0 && shares.every((share) => share > 0)) {
  await printTable(positionals, shares);
} else if (trace !== undefined && quotaBytes > 0 && (order === "next-use" || order === "last-use")) {
  await simulateOne(trace, quotaBytes, order);
} else {
  console.error(
    "Expected --trace FILE --quota BYTES [--order next-use|last-use], or --table [--shares 0.1,0.2] FILE...",
  );
  process.exitCode = 2;
}
