import { describe, expect, it } from "vitest";
import { regretOf, type RemovedShare } from "../../../../src/core/results/regret.js";
import { regretWarning } from "../../../../src/report/wording/regret-text.js";
import { GiB } from "../../../support/build-report.js";

describe("status", () => {
  const web: RemovedShare = {
    reason: "quota",
    repository: "docker.io/shop/web",
    bytes: 8 * GiB,
    returnedBytes: 2 * GiB,
  };
  const other: RemovedShare = {
    reason: "age",
    repository: "docker.io/other",
    bytes: 2 * GiB,
    returnedBytes: 0,
  };
  const warned = (...shares: readonly RemovedShare[]) => regretWarning(regretOf(shares));

  it("warns where more than a tenth of what was removed came back, and says what would help", () => {
    expect(warned(other, web)).toBe(
      "Of 10 GiB removed in the last 7 days, 2 GiB (20 %) came back: raise --quota, or keep what comes back " +
        "(--keep 'docker.io/shop/web:*').",
    );
    expect(warned({ ...other, returnedBytes: GiB })).toContain("raise --max-age");
    expect(warned({ ...web, repository: "" })).toMatch(/raise --quota\.$/);
  });

  it("says nothing of less, and of nothing", () => {
    expect(warned(other, { ...web, returnedBytes: GiB })).toBeNull();
    expect(warned()).toBeNull();
  });
});
