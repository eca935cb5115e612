import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkPlan } from "../../../../src/doctor/checks/plan.js";
import { Failure } from "../../../../src/core/text/failure.js";
import { parsePattern } from "../../../../src/core/policy/patterns.js";

describe("limits and rules", () => {
  const look = { images: 5, removals: 2, unmet: [], rules: 2, idleRules: [] };
  const plan = (changes: object) => ({ kind: "answered", value: { ...look, ...changes } }) as const;

  it("are good where a dry run comes through and every rule matches", () => {
    expect(checksText(checkPlan(plan({}), []))).toBe(
      "good of 5 images, 2 would go now\ngood every keep rule and pattern matches an image",
    );
  });

  it("are a problem where a rule matches nothing, each with its place", () => {
    const idleRules = [parsePattern("tpyo:*", "keep.txt:3"), parsePattern("gone", "--keep")];
    const checks = checkPlan(plan({ idleRules }), []);
    expect(checks.filter(({ name }) => name === "rule").map(({ subject }) => subject)).toEqual([
      "tpyo:*",
      "gone",
    ]);
    expect(checksText(checks)).toContain('problem keep.txt:3: "tpyo:*" matches no image mend');
  });

  it("are a problem where a limit cannot be met, or none is set, or it is refused", () => {
    expect(checksText(checkPlan(plan({ unmet: ["The quota of 1 GiB cannot be met"] }), []))).toMatch(
      /^problem The quota/,
    );
    const off = "Nothing to do: all limits are off; give --max-age, --quota or --min-free.";
    expect(checksText(checkPlan(plan({}), [off]))).toMatch(
      /^problem Nothing to do: all limits are off give --max-age/,
    );
    const failure = new Failure(
      "usage",
      "--min-free: it cannot be told; run docker-gc on the engine's host.",
    );
    expect(checksText(checkPlan({ kind: "failed", failure }, []))).toBe(
      "problem --min-free: it cannot be told run docker-gc on the engine's host",
    );
    expect(checksText(checkPlan(null, []))).toMatch(/^skipped/);
  });
});
