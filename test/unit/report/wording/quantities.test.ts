import { describe, expect, it, onTestFinished, vi } from "vitest";
import { agoText, durationText, momentText, sizeText } from "../../../../src/report/wording/quantities.js";
import { day, GiB, hour, minute, now } from "../../../support/build-report.js";

describe("a moment", () => {
  it.each([
    ["UTC", "2026-01-31T10:00:00Z", "2026-01-31 10:00 UTC"],
    ["Europe/Berlin", "2026-01-31T23:30:00Z", "2026-02-01 00:30 +01:00"],
    ["Europe/Berlin", "2026-07-31T10:00:00Z", "2026-07-31 12:00 +02:00"],
    ["Asia/Kolkata", "2026-01-31T10:00:00Z", "2026-01-31 15:30 +05:30"],
    ["America/St_Johns", "2026-01-31T01:00:00Z", "2026-01-30 21:30 -03:30"],
    ["Europe/London", "2026-01-31T10:00:00Z", "2026-01-31 10:00 UTC"],
  ])("of %s: %s", (zone, iso, expected) => {
    vi.stubEnv("TZ", zone);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(momentText(Date.parse(iso))).toBe(expected);
  });
});

describe("figures", () => {
  it.each([
    [now - 9 * day - 5 * hour, "9d ago"],
    [now - 47 * hour, "1d ago"],
    [now - 90 * minute, "1h ago"],
    [now - 90_000, "1m ago"],
    [now - 400, "now"],
    [now + day, "now"],
    [NaN, "unknown"],
  ])("%d reads as %s", (at, expected) => {
    expect(agoText(at, now)).toBe(expected);
  });

  it("survive absurd evidence", () => {
    expect(momentText(1e300)).toBe("an unknown time");
    expect(durationText(Infinity)).toBe("unknown");
    expect(durationText(-5)).toBe("0s");
    expect(sizeText(NaN)).toBe("unknown");
    expect(sizeText(-GiB)).toBe("-1 GiB");
  });
});
