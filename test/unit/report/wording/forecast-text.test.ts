import { describe, expect, it } from "vitest";
import { noLimits, type Policy } from "../../../../src/core/policy/policy.js";
import type { Explanation } from "../../../../src/core/results/explanation.js";
import { forecastSentences } from "../../../../src/report/wording/forecast-text.js";
import { buildKept, buildPolicy, day } from "../../../support/build-report.js";

/** Of an image that no limit takes. */
function unlimited(tags: readonly string[], limits: Partial<Policy>): readonly string[] {
  const explanation: Explanation = {
    kind: "present",
    word: "app",
    image: buildKept(1, ["within-limits"], { image: { tags } }),
    taggedAt: null,
    countedIdleMs: 0,
    expectedUse: null,
    ownBytes: 0,
    checks: [],
    forecast: { kind: "unlimited" },
    removals: [],
  };
  return forecastSentences(explanation, buildPolicy({ ...noLimits, ...limits }));
}

describe("an image that no limit takes", () => {
  it.each<[string, readonly string[], Partial<Policy>, string]>([
    ["as none is set", ["app:1"], {}, "It stays: no limit is set."],
    [
      "as it has a tag and the limit is for untagged ones",
      ["app:1"],
      { untaggedAgeMs: day },
      "It stays: no limit that is set applies to it.",
    ],
    [
      "as the job that ends has not made it",
      ["app:1"],
      { own: new Set() },
      "It stays: no limit that is set applies to it.",
    ],
    [
      "as it is among the newest of its repository",
      ["app:1"],
      { maxVersions: 3 },
      "It stays until 3 others of its repository have been used after it.",
    ],
    [
      "as without a tag it is no version of anything",
      [],
      { maxVersions: 3 },
      "It stays: no limit that is set applies to it.",
    ],
  ])("stays %s", (_, tags, limits, sentence) => {
    expect(unlimited(tags, limits)).toEqual([sentence]);
  });
});
