import { describe, expect, it } from "vitest";
import type { ExpectedUse } from "../../../../src/core/returns/next-use.js";
import { basisText, expectedText, threeTermsText } from "../../../../src/report/wording/expected-text.js";
import { day, expectedUse, hour, minute } from "../../../support/build-report.js";

describe("an expected use", () => {
  it.each<readonly [number, string]>([
    [40 * day, "next use in about 40d"],
    [3.1 * hour, "next use in about 3h"],
    [24 * hour, "next use in about 24h"],
    [40 * minute, "next use in about 40m"],
    [1, "next use in about 1m"],
    [Infinity, "no further use expected"],
  ])("of %d ms is told in one unit: %s", (expectedMs, text) =>
    expect(expectedText(expectedUse({ expectedMs }))).toBe(text),
  );

  const idleMs = 3 * day;
  const untagged = { repository: "docker.io/library/web", tagState: "untagged" } as const;
  const nameless = { repository: "", tagState: "untagged" } as const;
  it.each<readonly [Partial<ExpectedUse>, string]>([
    [{ rhythmMs: day, idleMs: 21 * hour }, "used about every 24h; idle 21h"],
    [{ compared: { asLong: 0.3, ended: 0 } }, "idle 3d"],
    [
      { compared: { asLong: 211.7, ended: 2.2 } },
      "idle 3d; of 212 images of shop/web idle this long, 2 came back",
    ],
    [
      { compared: { asLong: 5, ended: 0.4 } },
      "idle 3d; of 5 images of shop/web idle this long, none came back",
    ],
    [
      { compared: { asLong: 5, ended: 5 }, group: untagged },
      "idle 3d; of 5 images of web without a tag idle this long, all came back",
    ],
    [
      { compared: { asLong: 1, ended: 0 }, group: nameless },
      "idle 3d; of 1 image without a name idle this long, none came back",
    ],
  ])("rests on what is known: %o", (changes, text) =>
    expect(basisText(expectedUse({ idleMs, ...changes }))).toBe(text),
  );

  it("is the mean of three, each of which is told", () => {
    const expected = expectedUse({ idleMs, ownMs: 4 * hour, repositoryMs: Infinity });
    expect(threeTermsText(expected)).toBe(
      "by its idle time 3d, by its own past 4h, by images of shop/web never",
    );
  });
});
