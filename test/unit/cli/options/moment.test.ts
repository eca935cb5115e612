import { describe, expect, it, onTestFinished, vi } from "vitest";
import { toMoment } from "../../../../src/cli/options/moment.js";

const now = Date.parse("2026-01-31T10:00:00Z");
const momentOf = (value: string) => toMoment({ value, origin: "--since" }, now);

describe("a moment in the past", () => {
  it("is of the person's time zone, as what the reports say", () => {
    vi.stubEnv("TZ", "Asia/Kolkata");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date(momentOf("2026-01-30T09:30")).toISOString()).toBe("2026-01-30T04:00:00.000Z");
    expect(new Date(momentOf("2026-01-30")).toISOString()).toBe("2026-01-29T18:30:00.000Z");
    expect(new Date(momentOf("2026-01-30T09:30Z")).toISOString()).toBe("2026-01-30T09:30:00.000Z");
  });

  it.each([
    ["7d", "2026-01-24T10:00:00.000Z"],
    ["1h30m", "2026-01-31T08:30:00.000Z"],
    ["2026-01-30", "2026-01-30T00:00:00.000Z"],
    ["2026-01-30T09:30", "2026-01-30T09:30:00.000Z"],
    ["2026-01-30 09:30:15", "2026-01-30T09:30:15.000Z"],
    ["2026-01-30T09:30Z", "2026-01-30T09:30:00.000Z"],
    ["2026-01-30T09:30+02:00", "2026-01-30T07:30:00.000Z"],
    ["2026-01-30T23:30-02:00", "2026-01-31T01:30:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(new Date(momentOf(text)).toISOString()).toBe(expected);
  });

  it.each(["", "yesterday", "7", "2026-02-31", "2026-13-01", "2026-01-30T25:00", "30.1.2026"])(
    "%j is none",
    (text) => {
      expect(() => momentOf(text)).toThrow(/^--since: .*expected a duration such as 7d, or a time/);
    },
  );
});
