import { describe, expect, it, onTestFinished, vi } from "vitest";
import { cellWidth, shortenEnd, shortenMiddle } from "../../../../src/report/layout/cells.js";
import { paintLine, span } from "../../../../src/report/layout/line.js";
import type { Line } from "../../../../src/report/layout/line.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";
import { hanging } from "../../../../src/report/layout/wrap.js";
import { agoText, durationText, momentText, sizeText } from "../../../../src/report/wording/quantities.js";
import { sanitize } from "../../../../src/report/layout/sanitize.js";
import { day, GiB, hour, minute, now } from "../../../support/build-report.js";

function plain(lines: readonly Line[]): string[] {
  return lines.map((line) => paintLine(line, undefined, plainPalette));
}

describe("widths", () => {
  it.each([
    ["app:1", 5],
    ["größe", 5],
    ["イメージ", 8],
    ["e\u0301", 1],
    ["🐳", 2],
    ["…≥·", 3],
  ])("%s takes %d cells", (text, width) => {
    expect(cellWidth(text)).toBe(width);
  });

  it.each([
    ["registry.example.com/team/app:1.2.3", 40, "registry.example.com/team/app:1.2.3"],
    ["registry.example.com/team/app:1.2.3", 24, "registry…/team/app:1.2.3"],
    ["registry.example.com/team/app:1.2.3", 20, "registry.…/app:1.2.3"],
    ["registry.example.com/team/app:1.2.3", 8, "re…1.2.3"],
    ["a-very-long-name-without-any-slash:1.2.3", 13, "a-ve…sh:1.2.3"],
    ["registry/イメージ/イメージ:1", 14, "regis…メージ:1"],
  ])("%s shortened to %d loses its middle", (name, width, expected) => {
    const shown = shortenMiddle(sanitize(name), width);
    expect(shown).toBe(expected);
    expect(cellWidth(shown)).toBeLessThanOrEqual(width);
  });

  it("shortens sentences at their end, never in the middle of a wide letter", () => {
    expect(shortenEnd(sanitize("in use by web"), 8)).toBe("in use…");
    expect(shortenEnd(sanitize("イメージ"), 6)).toBe("イメ…");
  });
});

describe("a paragraph", () => {
  it("breaks at spaces and hangs under its label", () => {
    expect(plain(hanging(span("note  "), [span("one two three four")], 15))).toEqual([
      "note  one two",
      "      three",
      "      four",
    ]);
  });

  it("breaks a word only when no line can hold it", () => {
    expect(plain(hanging(span(""), [span("a bbbbbbbb c")], 5))).toEqual(["a", "bbbbb", "bbb c"]);
  });

  it("stays one line in a pipe", () => {
    expect(plain(hanging(span(""), [span("one two"), span(" three")], undefined))).toEqual(["one two three"]);
  });
});

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
