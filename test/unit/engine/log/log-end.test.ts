import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLogEnd } from "../../../../src/engine/log/log-end.js";
import { parseLogLine } from "../../../../src/engine/log/log-line.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { logLine } from "./log-lines.js";

const second = 1_000_000_000n;
const start = 1_800_000_000n * second;
const minute = 60n * second;

function logOf(text: string): string {
  const path = join(temporaryFolder(), "events.log");
  writeFileSync(path, text);
  return path;
}

/** Events a second apart. */
const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => logLine({ at: start + BigInt(at) * second, id: `c${at}` }));

const idsIn = (path: string, from: bigint) => readLogEnd(path, from)?.events.map(({ actorId }) => actorId);

describe("the end of a log", () => {
  it("is what came behind a time, in the log's order", () => {
    const path = logOf(lines(200).join(""));
    expect(idsIn(path, start + 196n * second)).toEqual(["c197", "c198", "c199"]);
    expect(idsIn(path, start + 199n * second)).toEqual([]);
    expect(idsIn(path, 0n)).toHaveLength(200);
  });

  it("is the same wherever the file is cut into pieces", () => {
    const events = fc.array(fc.record({ step: fc.bigInt(0n, 30n * second), label: fc.nat(200_000) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(events, fc.bigInt(0n, 6n * minute), (some, behind) => {
        let at = start;
        const text = some.map(({ step, label }) => logLine({ at: (at += step), label: "x".repeat(label) }));
        const from = start + behind;
        const all = text.map(parseLogLine);
        const first = all.findIndex(({ timeNano }) => timeNano > from);
        expect(readLogEnd(logOf(text.join("")), from)?.events).toEqual(first < 0 ? [] : all.slice(first));
      }),
      { numRuns: 25 },
    );
  });

  it("has an event that was stamped earlier than those before it", () => {
    const late = logLine({ at: start + 170n * second, id: "late" });
    const path = logOf([...lines(200), late].join(""));
    expect(idsIn(path, start + 198n * second)).toEqual(["c199", "late"]);
  });

  it("does not read what lies further back", () => {
    const path = logOf(`no event\n${lines(400).join("")}`);
    expect(idsIn(path, start + 398n * second)).toEqual(["c399"]);
    expect(readLogEnd(path, start)).toBeNull();
  });

  it("is not told of a file that is no log, or not whole", () => {
    const [first = "", second = ""] = lines(2);
    const folder = temporaryFolder();
    mkdirSync(join(folder, "folder"));
    const paths = [
      join(folder, "missing"),
      join(folder, "folder"),
      "/dev/null",
      logOf(""),
      logOf("text\n"),
      logOf("\0".repeat(70_000)),
      // A line that is being written.
      logOf(first + second.slice(0, 40)),
      logOf(first + second.trimEnd()),
      // What a crash left of one, and the next behind it.
      logOf(first.slice(0, 40) + second),
      logOf(`${first}\n${second}`),
      logOf(`${first}{}\n`),
      logOf(first.replace('"Time":"', '"Time":"yesterday ')),
      // Longer than any event.
      logOf(first + logLine({ at: start, label: "x".repeat(5 * 1024 * 1024) })),
    ];
    for (const path of paths) expect(readLogEnd(path, 0n), path).toBeNull();
  });

  it("is left to the engine where more than 32 MiB are new", () => {
    const line = logLine({ at: start, label: "x".repeat(1024 * 1024) });
    const path = logOf(line.repeat(34));
    expect(readLogEnd(path, 0n)).toBeNull();
    appendFileSync(path, logLine({ at: start + 2n * minute, id: "new" }));
    expect(idsIn(path, start + minute + second)).toEqual(["new"]);
  });

  it("is told behind a link, and not of a file that another one has replaced", () => {
    const path = logOf(lines(2).join(""));
    const link = join(temporaryFolder(), "link");
    symlinkSync(path, link);
    expect(idsIn(link, 0n)).toEqual(["c0", "c1"]);
    const descriptor = openSync(path, "r");
    try {
      renameSync(logOf(lines(3).join("")), path);
      expect(readLogEnd(`/proc/self/fd/${descriptor}`, 0n)).toBeNull();
    } finally {
      closeSync(descriptor);
    }
  });
});
