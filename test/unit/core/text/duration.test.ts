import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../../src/core/text/duration.js";
import { Failure } from "../../../../src/core/text/failure.js";

const hour = 3_600_000;
const day = 24 * hour;

describe("parseDuration", () => {
  it.each([
    ["0s", 0],
    ["250ms", 250],
    ["90s", 90_000],
    ["5m", 300_000],
    ["36h", 36 * hour],
    ["7d", 7 * day],
    ["2w", 14 * day],
    ["1d12h", 36 * hour],
    ["1m5ms", 60_005],
    ["1w2d3h4m5s6ms", 9 * day + 3 * hour + 4 * 60_000 + 5_006],
    ["090s", 90_000],
    ["1y", 365 * day],
    ["30days", 30 * day],
    ["1day", day],
    ["2weeks", 14 * day],
    ["1week2days", 9 * day],
    ["1hour", hour],
    ["5min", 300_000],
    ["90minutes", 90 * 60_000],
    ["30sec", 30_000],
    ["1second", 1000],
    ["24hrs", day],
    ["5mins", 300_000],
    ["30 secs", 30_000],
    ["2 weeks", 14 * day],
    ["1yr", 365 * day],
    ["2wks", 14 * day],
    ["1d 12h", 36 * hour],
    ["1 day 12 hours", 36 * hour],
  ])("reads %j as %d ms", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    ..."|5|0|-5m|+5m|1.5h|1h1d|1s1s|5M|7D|d|7dayss|2days1week|1y1year|1month|5minss|1d  12h|1  d|12h 1d|1e3s|NaN|Infinity|off|0x5s|٥s|ms".split(
      "|",
    ),
    ...[" ", "\n", " 5s", "5s ", "5s\n", "99999999999999999999d", `${"9".repeat(400)}s`],
  ])("refuses %j and says what was expected", (text) => {
    expect(() => parseDuration(text)).toThrow(Failure);
    expect(() => parseDuration(text)).toThrow(/expected/);
  });

  it("never throws anything but a usage failure, and gives whole milliseconds", () => {
    const almostDurations = fc.stringMatching(/^-?([0-9]{0,18}(w|d|h|m|s|ms)?){0,4}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), almostDurations), (text) => {
        try {
          expect(parseDuration(text)).toSatisfy(Number.isSafeInteger);
        } catch (error) {
          expect(error).toMatchObject({ name: "Failure", code: "usage" });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [1, "1ms"],
    [999.9, "999ms"],
    [0.4, "0s"],
    [1000, "1s"],
    [12_345, "12s"],
    [59_999, "59s"],
    [60_000, "1m"],
    [90_000, "1m 30s"],
    [hour - 1, "59m 59s"],
    [hour, "1h"],
    [hour + 59_000, "1h"],
    [3 * day + 4 * hour + 5 * 60_000, "3d 4h"],
    [day + 5 * 60_000, "1d"],
    [7 * day, "7d"],
    [400 * day, "400d"],
    [-90_000, "-1m 30s"],
  ])("writes %d ms as %j", (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });

  it("is read back as no more than it was, short by less than its smaller unit", () => {
    fc.assert(
      fc.property(fc.nat(100 * 365 * day), (milliseconds) => {
        const again = parseDuration(formatDuration(milliseconds));
        const smaller = milliseconds < hour ? 1000 : milliseconds < day ? 60_000 : hour;
        expect(again).toBeLessThanOrEqual(milliseconds);
        expect(milliseconds - again).toBeLessThan(smaller);
        expect(formatDuration(again)).toBe(formatDuration(milliseconds));
      }),
      { numRuns: 2000 },
    );
  });
});
