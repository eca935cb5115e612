import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  judgeConditions,
  type Condition,
  type Finding,
  type Memory,
} from "../../../../src/core/results/conditions.js";

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 0, 12, 2, 10);
const present: Finding = { kind: "present", since: null, patienceMs: 0 };
const absent: Finding = { kind: "absent" };

/** What runs told that found this one after the other, every five minutes: `+` told, `-` ended, `.` nothing. */
function toldBy(findings: readonly Finding[], everyMs = 5 * minute): string {
  let memory: Memory = new Map();
  return findings
    .map((finding, index) => {
      const found = new Map<Condition, Finding>([["limit-unmet", finding]]);
      const judged = judgeConditions(memory, { found, others: "unknown" }, now + index * everyMs);
      ({ memory } = judged);
      const { reported, ended } = judged.news;
      return reported.size > 0 ? "+" : ended.size > 0 ? "-" : ".";
    })
    .join("");
}

describe("what may be wrong for longer than one run", () => {
  it("is reported when it begins and when it ends", () => {
    expect(toldBy([absent, present, present, present, absent, absent, present])).toBe(".+..-.+");
  });

  it("is told once a day while it lasts: by a run every five minutes, and by one at the same time each day", () => {
    const twoDays = Array.from({ length: (2 * 24 * hour) / (5 * minute) }, () => present);
    expect(toldBy(twoDays).replaceAll(".", "")).toHaveLength(3);
    expect(toldBy([present, present, present], 24 * hour - 1000)).toBe("+++");
  });

  it("is told with the moment since when it has been so, but where it has just begun", () => {
    const found = new Map<Condition, Finding>([["gap", present]]);
    const first = judgeConditions(new Map(), { found, others: "absent" }, now);
    expect([...first.news.reported]).toEqual([["gap", null]]);
    const again = judgeConditions(first.memory, { found, others: "absent" }, now + 24 * hour);
    expect([...again.news.reported]).toEqual([["gap", now]]);
    const over = judgeConditions(again.memory, { found: new Map(), others: "absent" }, now + 25 * hour);
    expect([...over.news.ended]).toEqual([["gap", now]]);
  });

  it("that needs patience is told once it is old enough, and its end only where it was told", () => {
    const patient: Finding = { kind: "present", since: null, patienceMs: hour };
    expect(toldBy([patient, patient, absent], 20 * minute)).toBe("...");
    expect(toldBy([patient, patient, patient, patient, patient, absent], 20 * minute)).toBe("...+.-");
    expect(toldBy([{ ...patient, since: now - hour }])).toBe("+");
  });

  it("is neither over nor told by a run that cannot judge it", () => {
    const memory: Memory = new Map([["limit-unmet", { since: now - hour, saidAt: now - 30 * hour }]]);
    const found = new Map<Condition, Finding>([["engine-down", present]]);
    const judged = judgeConditions(memory, { found, others: "unknown" }, now);
    expect([...judged.news.reported.keys()]).toEqual(["engine-down"]);
    expect(judged.news.ended.size).toBe(0);
    expect(judged.memory.get("limit-unmet")).toEqual(memory.get("limit-unmet"));
  });

  it("is told anew where the clock was ahead when it was told", () => {
    const memory: Memory = new Map([
      ["gap", { since: now + 365 * 24 * hour, saidAt: now + 365 * 24 * hour }],
    ]);
    const found = new Map<Condition, Finding>([["gap", present]]);
    expect([...judgeConditions(memory, { found, others: "absent" }, now).news.reported.keys()]).toEqual([
      "gap",
    ]);
  });

  it("never stays untold for a day, and is told at most twice within 23 hours", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 * hour }), fc.boolean()), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (runs) => {
        let memory: Memory = new Map();
        let [at, saidAt, lasts] = [now, -Infinity, false];
        for (const [passed, isSo] of runs) {
          at += passed;
          const found = new Map<Condition, Finding>([["gap", isSo ? present : absent]]);
          const judged = judgeConditions(memory, { found, others: "absent" }, at);
          ({ memory } = judged);
          const isTold = judged.news.reported.has("gap");
          expect(judged.news.ended.has("gap")).toBe(lasts && !isSo);
          if (isSo) expect(isTold).toBe(!lasts || at - saidAt >= 23 * hour);
          else expect(isTold).toBe(false);
          if (isTold) saidAt = at;
          lasts = isSo;
        }
      }),
    );
  });
});
