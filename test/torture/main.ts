import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { engineChoices, parts, torture } from "./torture.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    only: { type: "string", multiple: true },
    engines: { type: "string", default: "all" },
    scale: { type: "string", default: "1" },
  },
});

const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const scale = Number(values.scale);
const only = (values.only ?? parts).map((name) => oneOf(parts, name));
const engines = oneOf(engineChoices, values.engines);
if (!Number.isSafeInteger(seed) || !(scale > 0)) throw new Error("--seed and --scale are numbers.");

console.log(`seed ${seed}, scale ${scale}, parts ${only.join(", ")}, engines ${engines}`);
const startedAt = performance.now();
// A private engine is not left behind.
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
const tallies = await torture({ seed, scale, only, engines, isStopped: () => stop.signal.aborted });
for (const tally of tallies) console.log(`\n${tally.lines().join("\n")}`);
const broken = tallies.reduce((sum, { breaches }) => sum + breaches, 0);
const seconds = Math.round((performance.now() - startedAt) / 1000);
const early = stop.signal.aborted ? "ended early, " : "";
const verdict = broken === 0 ? `${early}all promises held` : `${early}${broken} times a promise was broken`;
console.log(`\n${verdict}; seed ${seed}, scale ${scale}, ${seconds} s`);
process.exitCode = broken === 0 && early === "" ? 0 : 1;

function oneOf<T extends string>(all: readonly T[], text: string): T {
  const found = all.find((each) => each === text);
  if (found === undefined) throw new Error(`There is no ${text}; there are ${all.join(", ")}.`);
  return found;
}
