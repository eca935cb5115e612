import { parseArgs } from "node:util";
import { SimulatedHost } from "../../../src/core/what-if/simulated-host.js";
import { simulateAll, simulateTrace, summarize, type TableRow } from "./table.js";
import { readTrace } from "./trace.js";
import { usualShares, workloads } from "./workloads/all.js";

/** Runs the planner over traces of uses, and prints what was pulled and removed. See README.md. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trace: { type: "string" },
    quota: { type: "string" },
    order: { type: "string", default: "next-use" },
    table: { type: "boolean", default: false },
    shares: { type: "string" },
    workloads: { type: "string" },
    seeds: { type: "string", default: "1,2,3,4,5,6,7,8" },
  },
});

async function simulateOne(path: string, quotaBytes: number, order: "next-use" | "last-use"): Promise<void> {
  const host = new SimulatedHost(quotaBytes, order);
  for await (const line of readTrace(path)) host.apply(line);
  const { pulledBytes, firstPulledBytes, removals, days } = host.result;
  console.log(JSON.stringify({ pulledBytes, firstPulledBytes, removals, days }));
}

async function printTable(rows: AsyncIterable<TableRow> | Iterable<TableRow>): Promise<void> {
  const all: TableRow[] = [];
  console.log(
    "| trace | quota | by last use, MB | by next use | three terms | offline |\n|---|---|---|---|---|---|",
  );
  for await (const row of rows) {
    const { "last-use": last, "next-use": next, "three-terms": threeTerms, offline } = row.pulledBytes;
    const cells = [
      `${row.share * 100} %`,
      (last / 1e6).toFixed(0),
      ...[next, threeTerms, offline].map((pulled) => (pulled / last).toFixed(3)),
    ];
    console.log(`| ${[row.trace, ...cells].join(" | ")} |`);
    all.push(row);
  }
  console.log(JSON.stringify(summarize(all)));
}

function* generated(names: readonly string[], seeds: readonly number[]): Generator<TableRow> {
  for (const name of names) {
    const generate = workloads[name];
    if (generate === undefined)
      throw new Error(`${name} is none of the workloads ${Object.keys(workloads).join(", ")}.`);
    for (const seed of seeds)
      yield* simulateTrace(`${name} ${seed}`, generate(seed), shares ?? usualShares(name));
  }
}

const { trace, order } = values;
const quotaBytes = Number(values.quota);
const shares = values.shares?.split(",").map(Number);
const names = values.workloads === "all" ? Object.keys(workloads) : values.workloads?.split(",");
const areShares = shares?.every((share) => share > 0) ?? true;
if (names !== undefined && areShares) {
  await printTable(generated(names, values.seeds.split(",").map(Number)));
} else if (values.table && positionals.length > 0 && areShares) {
  await printTable(simulateAll(positionals, shares ?? [0.1, 0.2, 0.4, 0.6]));
} else if (trace !== undefined && quotaBytes > 0 && (order === "next-use" || order === "last-use")) {
  await simulateOne(trace, quotaBytes, order);
} else {
  console.error(
    "Expected --trace FILE --quota BYTES [--order next-use|last-use], --table [--shares 0.1,0.2] FILE..., " +
      "or --workloads all|NAME,... [--seeds 1,2] [--shares 0.1,0.2].",
  );
  process.exitCode = 2;
}
