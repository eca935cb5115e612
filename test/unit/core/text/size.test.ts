import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../../src/core/text/failure.js";
import { formatSize, parseSize } from "../../../../src/core/text/size.js";

const gib = 2 ** 30;
const bytes = fc.integer({ min: 0, max: 2 ** 52 });

describe("parseSize", () => {
  it.each([
    ["0", 0],
    ["1", 1],
    ["500000", 500_000],
    ["512B", 512],
    ["1K", 1024],
    ["1M", 2 ** 20],
    ["50G", 50 * gib],
    ["50GB", 50 * gib],
    ["50GiB", 50 * gib],
    ["50gib", 50 * gib],
    ["50g", 50 * gib],
    ["50 GiB", 50 * gib],
    ["50Gi", 50 * gib],
    ["512ki", 512 * 1024],
    ["1.5G", 1.5 * gib],
    ["0.5KB", 512],
    ["1.1K", 1126],
    ["2T", 2 ** 41],
    ["7P", 7 * 2 ** 50],
    ["007M", 7 * 2 ** 20],
    [String(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
  ])("reads %j as %d bytes", (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });

  it.each([
    ..."|G|-5G|+5G|10 GiBs|10GiBB|10Gii|10iB|1e3|NaN|Infinity|0x10|1.5|1.5B|1.|.5G|1.5.5G|1,5G|1_000|5 G B".split(
      "|",
    ),
    ...[
      "5  G",
      " ",
      "\t",
      " 5G",
      "5G ",
      "5 ",
      "5G\n",
      "5E",
      "50%",
      "٥G",
      "off",
      "8P",
      "9007199254740992",
      "9".repeat(400),
    ],
  ])("refuses %j and says what was expected", (text) => {
    expect(() => parseSize(text)).toThrow(Failure);
    expect(() => parseSize(text)).toThrow(/expected/);
  });

  it("never throws anything but a usage failure, and gives whole bytes", () => {
    const almostSizes = fc.stringMatching(/^[-+]?[0-9.]{0,20} ?[KMGTPkib]{0,4}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), almostSizes), (text) => {
        try {
          expect(parseSize(text)).toSatisfy(Number.isSafeInteger);
        } catch (error) {
          expect(error).toMatchObject({ name: "Failure", code: "usage" });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("grows with the number in front of the unit", () => {
    const numbers = fc.tuple(fc.nat(999_999), fc.nat(999_999), fc.constantFrom("K", "MB", "GiB"));
    fc.assert(
      fc.property(numbers, ([one, other, unit]) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(parseSize(`${less / 1000}${unit}`)).toBeLessThanOrEqual(parseSize(`${more / 1000}${unit}`));
      }),
    );
  });
});

describe("formatSize", () => {
  it.each([
    [0, "0 B"],
    [1, "1 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [1_234_567, "1.18 MiB"],
    [45 * 2 ** 20, "45 MiB"],
    [99.95 * 2 ** 20, "100 MiB"],
    [123.4 * 2 ** 20, "123 MiB"],
    [2 ** 20 - 1, "1 MiB"],
    [1023.6 * 2 ** 30, "1 TiB"],
    [1.5 * gib, "1.5 GiB"],
    [2 ** 53, "8 PiB"],
    [5000 * 2 ** 50, "5000 PiB"],
    [-1.5 * gib, "-1.5 GiB"],
  ])("writes %d as %j", (value, expected) => {
    expect(formatSize(value)).toBe(expected);
  });

  it("is read back within half a percent, and written the same again", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const again = parseSize(formatSize(value));
        expect(Math.abs(again - value)).toBeLessThanOrEqual(value * 0.005);
        expect(formatSize(again)).toBe(formatSize(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("never says less of more", () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(parseSize(formatSize(less))).toBeLessThanOrEqual(parseSize(formatSize(more)));
      }),
    );
  });
});
