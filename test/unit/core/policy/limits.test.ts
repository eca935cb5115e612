import { describe, expect, it } from "vitest";
import type { Filesystem } from "../../../../src/core/policy/filesystem.js";
import type { Limit, Limits } from "../../../../src/core/policy/limits.js";
import { limitOnFilesystem, resolveLimits } from "../../../../src/core/policy/limits.js";

const filesystem: Filesystem = { totalBytes: 1000, freeBytes: 100, totalInodes: 500, freeInodes: 50 };

function amount(value: number): Limit {
  return { kind: "amount", value, text: String(value), origin: "--limit" };
}

function percent(value: number): Limit {
  return { kind: "percent", value, text: `${value}%`, origin: "--limit" };
}

const none: Limits = { quota: null, quotaTarget: null, minFree: null, minFreeInodes: null };

describe("limits", () => {
  it.each<[string, Partial<Limits>, object]>([
    ["nothing", {}, { quotaBytes: null, quotaTargetBytes: null, minFreeBytes: null, minFreeInodes: null }],
    ["a quota, which is its own target", { quota: amount(70) }, { quotaBytes: 70, quotaTargetBytes: 70 }],
    ["a share of all bytes", { quota: percent(80) }, { quotaBytes: 800, quotaTargetBytes: 800 }],
    ["a share that is no whole number", { quota: percent(0.15) }, { quotaBytes: 1 }],
    [
      "a target of another kind",
      { quota: percent(80), quotaTarget: amount(700) },
      { quotaBytes: 800, quotaTargetBytes: 700 },
    ],
    ["free bytes", { minFree: percent(15) }, { minFreeBytes: 150 }],
    ["free inodes", { minFreeInodes: percent(10) }, { minFreeInodes: 50 }],
    ["a number of free inodes", { minFreeInodes: amount(7) }, { minFreeInodes: 7 }],
  ])("come to numbers: %s", (_, limits, resolved) => {
    expect(resolveLimits({ ...none, ...limits }, filesystem)).toMatchObject(resolved);
  });

  it.each<[string, Partial<Limits>, string]>([
    [
      "a target above the quota",
      { quota: percent(50), quotaTarget: amount(501) },
      `--limit: "501" is 501 B, more than the quota of 500 B.`,
    ],
    ["more free than there is", { minFree: amount(1001) }, "is more than the 1000 B that"],
    ["more free inodes than there are", { minFreeInodes: amount(501) }, "is more than the 500 inodes"],
  ])("are refused: %s", (_, limits, message) => {
    expect(() => resolveLimits({ ...none, ...limits }, filesystem)).toThrow(message);
  });

  it("are refused where inodes are not counted", () => {
    const uncounted = { ...filesystem, totalInodes: 0, freeInodes: 0 };
    expect(() => resolveLimits({ ...none, minFreeInodes: percent(5) }, uncounted)).toThrow(
      "does not count inodes",
    );
  });

  it.each<[Partial<Limits>, boolean]>([
    [{ quota: amount(1), quotaTarget: amount(1) }, false],
    [{ quota: percent(1) }, true],
    [{ quota: amount(1), quotaTarget: percent(1) }, true],
    [{ minFree: amount(1) }, true],
    [{ minFreeInodes: amount(1) }, true],
  ])("ask for the filesystem only where they depend on it: %j", (limits, asks) => {
    expect(limitOnFilesystem({ ...none, ...limits }) !== null).toBe(asks);
  });
});
