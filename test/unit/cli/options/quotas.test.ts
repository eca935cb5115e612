import { describe, expect, it } from "vitest";
import { toQuotas } from "../../../../src/cli/options/quotas.js";

const GiB = 2 ** 30;
const quotasOf = (value: string) => toQuotas({ value, origin: "--quota" });

describe("quotas to try", () => {
  it("are ten of a range, its ends among them", () => {
    expect(quotasOf("10G..100G")).toEqual(
      [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((each) => each * GiB),
    );
  });

  it("are those of a list, or a single one", () => {
    expect(quotasOf("10G, 512M,2T")).toEqual([10 * GiB, GiB / 2, 2048 * GiB]);
    expect(quotasOf("10G")).toEqual([10 * GiB]);
  });

  it.each(["100G..10G", "10G..10G", "10G..20G..30G", "0", "0G..10G", Array(51).fill("1G").join()])(
    "are none in %s",
    (text) =>
      expect(() => quotasOf(text)).toThrow(/^--quota: .* is not a list of quotas; expected a range such as/),
  );

  it.each(["50", "10G,20,50G", "10..100G"])(
    "are sizes with a unit, as bytes are hardly meant: %s",
    (text) => {
      expect(() => quotasOf(text)).toThrow(
        /^--quota: .* would be \d+ bytes; expected a unit, as in \d+G or \d+B/,
      );
    },
  );

  it.each(["", "10G..", "..10G", "10G,,20G", "off", "80%"])("are no sizes in %j", (text) => {
    expect(() => quotasOf(text)).toThrow(/^--quota: .* is not a size; expected/);
  });
});
