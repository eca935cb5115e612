import { measureCrowded, measureMemory } from "./crowded.js";
import { measureFirstRun } from "./first-run.js";
import { measureIdle } from "./idle.js";
import { measureIdleOnRealEngine } from "./idle-real.js";
import { measureLatency } from "./latency.js";
import { measureQuiet } from "./quiet.js";
import { measurePlan } from "./plan.js";
import { measureRemoval } from "./removal.js";
import { printRows, type Row } from "./row.js";
import { measureYear } from "./year.js";

/** Measures what is named, or everything, and prints one table. See ../README.md. */
const sections: Readonly<Record<string, () => Promise<Row[]>>> = {
  idle: measureIdle,
  "idle-real": measureIdleOnRealEngine,
  quiet: measureQuiet,
  crowded: measureCrowded,
  memory: measureMemory,
  removal: measureRemoval,
  latency: measureLatency,
  "first-run": measureFirstRun,
  plan: measurePlan,
  year: measureYear,
};

const asked = process.argv.slice(2);
const rows: Row[] = [];
for (const name of asked.length > 0 ? asked : Object.keys(sections)) {
  const measure = sections[name];
  if (measure === undefined)
    throw new Error(`There is no ${name}; expected ${Object.keys(sections).join(", ")}.`);
  rows.push(...(await measure()));
}
printRows(rows);
