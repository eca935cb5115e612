import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkClock } from "../../../../src/doctor/checks/clock.js";

const [minute, hour] = [60_000, 3_600_000];

const now = 1_769_853_600_000;

describe("two clocks", () => {
  it.each<[string, number, RegExp]>([
    ["agree", 0, /^good/],
    ["agree as well as an answer can tell", 9_000, /^good/],
    ["are apart where the engine's is ahead", 5 * minute, /^problem .* 5m ahead of .*timedatectl/],
    ["are apart where the engine's is behind", -2 * hour, /^problem .* 2h behind/],
  ])("%s", (_, ahead, expected) => {
    const clocks = { engineAtLeast: now + ahead, engineAtMost: now + ahead, host: now };
    expect(checksText(checkClock(clocks))).toMatch(expected);
  });
});
