import { basename } from "node:path";
import { SimulatedHost } from "../../../src/core/what-if/simulated-host.js";
import { offline, plannerBy, threeTerms, type KnownUses, type NeededIn } from "./orders.js";
import { readTrace } from "./trace.js";
import type { TraceLine } from "../../../src/core/what-if/trace.js";

type ComparedOrder = "last-use" | "next-use" | "three-terms" | "offline";

/** One trace at one quota. */
export interface TableRow {
  readonly trace: string;
  /** Share of the bytes of all its layers. */
  readonly share: number;
  readonly pulledBytes: Readonly<Record<ComparedOrder, number>>;
  /** What no order could spare it. */
  readonly firstPulledBytes: number;
}

/** Each trace at each quota, under each order. */
export async function* simulateAll(
  paths: readonly string[],
  shares: readonly number[],
): AsyncGenerator<TableRow> {
  for (const path of paths) {
    const lines: TraceLine[] = [];
    for await (const line of readTrace(path)) lines.push(line);
    yield* simulateTrace(basename(path), lines, shares);
  }
}

/** One trace at each quota. */
export function* simulateTrace(
  trace: string,
  lines: readonly TraceLine[],
  shares: readonly number[],
): Generator<TableRow> {
  const uses = usesIn(lines);
  for (const share of shares) {
    const quotaBytes = Math.round(share * distinctBytes(lines, uses));
    const run = (host: SimulatedHost) => {
      for (const line of lines) host.apply(line);
      return host.result;
    };
    const { pulledBytes, firstPulledBytes } = run(new SimulatedHost(quotaBytes, "next-use"));
    const pulledBy = (neededIn: NeededIn) =>
      run(new SimulatedHost(quotaBytes, "last-use", plannerBy(neededIn))).pulledBytes;
    const byOrder = {
      "last-use": run(new SimulatedHost(quotaBytes, "last-use")).pulledBytes,
      "next-use": pulledBytes,
      "three-terms": pulledBy(threeTerms),
      offline: pulledBy(offline(uses)),
    };
    yield { trace, share, pulledBytes: byOrder, firstPulledBytes };
  }
}

function usesIn(lines: readonly TraceLine[]): KnownUses {
  const uses = new Map<string, number[]>();
  for (const line of lines) {
    if (line.kind !== "use" && line.kind !== "build") continue;
    const known = uses.get(line.image);
    if (known === undefined) uses.set(line.image, [line.at * 1000]);
    else known.push(line.at * 1000);
  }
  return uses;
}

/** Of the layers that are used at all. */
function distinctBytes(lines: readonly TraceLine[], uses: KnownUses): number {
  const layers = new Map<string, number>();
  for (const line of lines) {
    if (line.kind !== "image" || !uses.has(line.image)) continue;
    for (const { name, bytes } of line.layers) layers.set(name, bytes);
  }
  return [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** What the order by next use is worth, over all rows. Ratios are of bytes pulled, by next use to by last use. */
export function summarize(rows: readonly TableRow[]): {
  readonly runs: number;
  readonly mean: number;
  readonly percentile95: number;
  readonly worst: number;
  /** The highest ratio to what three terms alone pull, of the rows that pull a fifth more than they had to. */
  readonly worstToThreeTerms: number;
  /** Share of the distance from last use to the offline order, in logarithms of the geometric means. */
  readonly gapClosed: number;
} {
  const ratios = (over: ComparedOrder, under: ComparedOrder, of = rows) =>
    of.map(({ pulledBytes: pulled }) => pulled[over] / pulled[under]).sort((first, second) => first - second);
  const logMean = (numbers: readonly number[]) =>
    numbers.reduce((sum, each) => sum + Math.log(each), 0) / Math.max(1, numbers.length);
  const next = ratios("next-use", "last-use");
  const again = rows.filter((row) => row.pulledBytes["next-use"] >= 1.2 * row.firstPulledBytes);
  return {
    runs: rows.length,
    mean: Math.exp(logMean(next)),
    percentile95: next[Math.ceil(0.95 * next.length) - 1] ?? NaN,
    worst: next.at(-1) ?? NaN,
    worstToThreeTerms: ratios("next-use", "three-terms", again).at(-1) ?? NaN,
    gapClosed: logMean(next) / logMean(ratios("offline", "last-use")),
  };
}
