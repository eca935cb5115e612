import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SimulatedHost } from "../../../src/core/what-if/simulated-host.js";
import { simulateAll, simulateTrace, summarize } from "./table.js";
import { parseTraceLine, readTrace } from "./trace.js";
import type { TraceLine } from "../../../src/core/what-if/trace.js";
import { usualShares, workloads } from "./workloads/all.js";

const hour = 3600;
const day = 24 * hour;

function image(name: string, ...layers: readonly (readonly [string, number, "built"?])[]): TraceLine {
  return {
    kind: "image",
    image: name,
    repository: name,
    layers: layers.map(([layer, bytes, kind]) => ({ name: layer, bytes, isBuilt: kind === "built" })),
  };
}

function use(name: string, at: number, seconds = 60): TraceLine {
  return { kind: "use", image: name, at, seconds };
}

function simulate(quotaBytes: number, order: "next-use" | "last-use", lines: readonly TraceLine[]) {
  const host = new SimulatedHost(quotaBytes, order);
  for (const line of lines) host.apply(line);
  return host.result;
}

/** A job that runs every day at the same hour, and four images that are used once, later on the same day. */
function nightly(days: number): TraceLine[] {
  const lines = [image("nightly", ["n", 60])];
  for (let index = 0; index < days; index += 1) {
    lines.push(use("nightly", index * day));
    for (const at of [10, 14, 18, 22]) {
      const name = `once${index}-${at}`;
      lines.push(image(name, [name, 50]), use(name, index * day + at * hour));
    }
  }
  return lines;
}

describe("a trace", () => {
  it.each([
    [
      `{"image":"i7","repository":"shop/web","layers":[["l3",1200],["l9",500,"built"]]}`,
      {
        kind: "image",
        image: "i7",
        repository: "shop/web",
        layers: [
          { name: "l3", bytes: 1200, isBuilt: false },
          { name: "l9", bytes: 500, isBuilt: true },
        ],
      },
    ],
    [`{"at":4,"use":"i7","seconds":300}`, { kind: "use", image: "i7", at: 4, seconds: 300 }],
    [`{"at":4,"build":"i7","seconds":60}`, { kind: "build", image: "i7", at: 4, seconds: 60 }],
    [`{"at":4,"untag":"i7"}`, { kind: "untag", image: "i7", at: 4 }],
    [`{"at":4,"use":"i7"}`, null],
    [`{"use":"i7","seconds":1}`, null],
    ["use i7", null],
    ["null", null],
    [`{"at":-4,"untag":"i7"}`, null],
    [`{"at":4,"use":"i7","seconds":1e999}`, null],
    [`{"image":"i7","repository":"shop/web","layers":[["l3",-1200]]}`, null],
    [`{"image":"i7","repository":"shop/web","layers":[5]}`, null],
  ])("reads %s", (text, line) => expect(parseTraceLine(text)).toEqual(line));

  it.each([
    { lines: `{"at":4,"untag":"i7"}\n\nnonsense\n`, said: "trace.jsonl:3 is no line of a trace: nonsense" },
    {
      lines: `{"at":4,"untag":"i7"}\n{"at":3,"untag":"i7"}\n`,
      said: `trace.jsonl:2 is of a time before the line above: {"at":3`,
    },
  ])("names the line that is wrong: $said", async ({ lines, said }) => {
    const path = join(mkdtempSync(join(tmpdir(), "trace-")), "trace.jsonl");
    writeFileSync(path, lines);
    const read = async () => {
      for await (const line of readTrace(path)) expect(line.kind).toBe("untag");
    };
    await expect(read()).rejects.toThrow(said);
  });
});

describe("a simulated host", () => {
  it("pulls each layer that is missing, and makes those that a build makes for the first time", () => {
    const lines = [
      image("base", ["b", 100]),
      image("app", ["b", 100], ["a", 7, "built"]),
      use("base", 0),
      { kind: "build", image: "app", at: 60, seconds: 60 } as const,
    ];
    expect(simulate(1000, "last-use", lines)).toMatchObject({
      pulledBytes: 100,
      firstPulledBytes: 100,
      removals: 0,
    });
  });

  it("removes once it is over the quota and the grace time is over, and pulls again what it removed", () => {
    const lines = [
      image("one", ["1", 60]),
      image("two", ["2", 60]),
      use("one", 0),
      use("two", 600),
      use("one", 3 * hour),
    ];
    expect(simulate(100, "last-use", lines)).toEqual({
      pulledBytes: 180,
      firstPulledBytes: 120,
      removals: 1,
      keptBytes: 120,
      days: (3 * hour) / day,
    });
    expect(simulate(120, "last-use", lines)).toMatchObject({ pulledBytes: 120, removals: 0 });
  });

  it("removes nothing that runs", () => {
    const lines = [
      image("one", ["1", 60]),
      image("two", ["2", 60]),
      use("one", 0, day),
      use("two", 600, day),
    ];
    expect(simulate(100, "last-use", [...lines, use("two", 20 * hour)])).toMatchObject({ removals: 0 });
  });

  it("learns that a nightly job's image comes back, where last use pulls it every day", () => {
    const days = 40;
    const byLastUse = simulate(170, "last-use", nightly(days));
    const byNextUse = simulate(170, "next-use", nightly(days));
    expect(byLastUse.pulledBytes).toBe(days * (60 + 4 * 50));
    expect(byNextUse.firstPulledBytes).toBe(60 + days * 4 * 50);
    expect(byNextUse.pulledBytes).toBeLessThan(byNextUse.firstPulledBytes + 10 * 60);
  });
});

it("the table of simulations compares the orders with one that knows the future", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "trace-")), "nightly.jsonl");
  const lines = nightly(20).map((line) =>
    line.kind === "image"
      ? {
          image: line.image,
          repository: line.repository,
          layers: line.layers.map(({ name, bytes }) => [name, bytes]),
        }
      : { at: line.at, use: line.image, seconds: 60 },
  );
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const rows = [];
  // 60 + 20 × 4 × 50 bytes in all.
  for await (const row of simulateAll([path], [170 / 4060, 1])) rows.push(row);
  const [tight, ample] = rows.map(({ pulledBytes }) => pulledBytes);
  expect(tight?.["last-use"]).toBe(20 * 260);
  expect(tight?.offline).toBe(4060);
  expect(ample).toEqual({ "last-use": 4060, "next-use": 4060, "three-terms": 4060, offline: 4060 });
  const summary = summarize(rows);
  expect(summary.runs).toBe(2);
  expect(summary.worst).toBe(1);
  expect(summary.gapClosed).toBeGreaterThan(0.5);
  expect(summary.mean).toBeLessThan(1);
});

it("three terms alone are compared with only where a fifth more is pulled than had to be", () => {
  const rowOf = (nextUse: number) => {
    const pulledBytes = { "last-use": 200, "next-use": nextUse, "three-terms": 100, offline: 100 };
    return { trace: "any", share: 0.1, pulledBytes, firstPulledBytes: 100 };
  };
  expect(summarize([110, 119, 125, 120].map(rowOf)).worstToThreeTerms).toBe(1.25);
  expect(summarize([110].map(rowOf)).worstToThreeTerms).toBeNaN();
});

describe.each(Object.entries(workloads))("the workload %s", (name, generate) => {
  it("is a trace, the same for the same seed and another for another", () => {
    const lines = generate(1);
    expect(JSON.stringify(generate(1)) === JSON.stringify(lines)).toBe(true);
    expect(JSON.stringify(generate(2)) === JSON.stringify(lines)).toBe(false);
    const known = new Set<string>();
    let last = 0;
    for (const line of lines) {
      if (line.kind === "image") known.add(line.image);
      else {
        expect(known.has(line.image) && line.at >= last).toBe(true);
        last = line.at;
      }
    }
    expect(last).toBeGreaterThan(59 * day);
    expect(usualShares(name)).toHaveLength(4);
  });
});

it("an order by next use pulls much less than last use where jobs come back, and hardly more where nothing does", () => {
  const ratioOf = (workload: string, share: number) => {
    const [row] = [...simulateTrace(workload, workloads[workload]?.(3) ?? [], [share])];
    return (row?.pulledBytes["next-use"] ?? 0) / (row?.pulledBytes["last-use"] ?? 1);
  };
  expect(ratioOf("cycle", 0.6)).toBeLessThan(0.8);
  expect(ratioOf("laptop", 0.2)).toBeLessThan(0.9);
  expect(ratioOf("sliding", 0.1)).toBeLessThan(1.03);
}, 60_000);
