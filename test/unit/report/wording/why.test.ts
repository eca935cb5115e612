import { describe, expect, it } from "vitest";
import type { KeepReason } from "../../../../src/core/rules/keep-rules.js";
import { whyText } from "../../../../src/report/wording/why.js";
import {
  buildKept,
  buildPolicy,
  buildRemoval,
  buildRules,
  day,
  hour,
  now,
} from "../../../support/build-report.js";

const rules = buildPolicy({
  keep: buildRules("db", "web", "web:1"),
  keepRecent: 3,
  keepNewest: 2,
  maxAgeMs: 36 * hour,
});

describe("why an image stays", () => {
  it.each<[readonly KeepReason[], readonly string[], string]>([
    [["in-use"], ["container:web"], "in use by web"],
    [["in-use"], ["container:web", "container:db", "mount:tools"], "in use by web +2"],
    [["in-use"], ["mount:tools"], "in use by tools (mount)"],
    [["in-use"], ["service:api"], "in use by api (service)"],
    [["in-use"], [], "in use"],
    [["keep-rule"], [], "keep rule web"],
    [["recent"], [], "one of the 3 most recently used"],
    [["label"], [], "label docker-gc.keep"],
    [["newest"], [], "one of the 2 newest of its repository"],
    [["local"], [], "in no known registry"],
    [["grace"], [], "within grace (1h)"],
    [["parent-of-kept", "out-of-scope"], [], "parent of a kept image, not in scope"],
    [["failed-before"], [], "could not be removed, tried again at 2026-01-31 11:00 UTC"],
    [["within-limits"], [], "within limits"],
    [["max-removals"], [], "--max-removals reached"],
  ])("%j, used by %j", (reasons, inUseBy, expected) => {
    const parts = { image: { tags: ["web:1"] }, inUseBy, retryAt: now + hour };
    expect(whyText(buildKept(1, reasons, parts), rules)).toBe(expected);
  });

  it("is told without particulars where there are none", () => {
    expect(whyText(buildKept(1, ["keep-rule", "recent"]), buildPolicy())).toBe(
      "kept by a rule, most recently used",
    );
  });
});

describe("why an image goes", () => {
  it.each([
    [["age" as const], 7 * day, "idle ≥ 7d"],
    [["age" as const, "quota" as const], 36 * hour, "idle ≥ 1d 12h, over quota"],
    [["quota" as const], null, "over quota"],
    [["age" as const], null, "idle too long"],
    [["untagged-age" as const], null, "untagged and idle too long"],
  ])("%j with an age limit of %j ms", (reasons, maxAgeMs, expected) => {
    expect(whyText(buildRemoval(1, reasons), buildPolicy({ maxAgeMs }))).toBe(expected);
  });

  it("names the age limit of untagged images", () => {
    const policy = buildPolicy({ untaggedAgeMs: day });
    expect(whyText(buildRemoval(1, ["untagged-age"]), policy)).toBe("no tag, idle ≥ 1d");
  });
});
