import { describe, expect, it } from "vitest";
import { day, planOf, tagged } from "../../../../support/plan-of.js";

describe("--keep-newest", () => {
  const old = { idleMs: 30 * day };
  const versions = {
    v1: { ...old, ...tagged("shop/web:1"), lastUsedAt: 1 },
    v2: { ...old, ...tagged("shop/web:2"), lastUsedAt: 2 },
    v3: { ...old, ...tagged("shop/web:3", "shop/web:latest"), lastUsedAt: 3 },
    other: { ...old, ...tagged("shop/api:1"), lastUsedAt: 0 },
  };

  it("keeps the version to go back to, in every repository", () => {
    expect(planOf(versions, { maxAgeMs: day, keepNewest: 2 })).toEqual({
      v1: "goes: age",
      v2: "newest",
      v3: "newest",
      other: "newest",
    });
  });

  it("goes by last use, not by what a tag looks like", () => {
    const rolledBack = { ...versions, v1: { ...versions.v1, lastUsedAt: 9 } };
    expect(planOf(rolledBack, { maxAgeMs: day, keepNewest: 1 })).toMatchObject({
      v1: "newest",
      v2: "goes: age",
      v3: "goes: age",
    });
  });

  it("gives a place to what is in use, too", () => {
    const used = { ...versions, v3: { ...versions.v3, inUse: true } };
    expect(planOf(used, { maxAgeMs: day, keepNewest: 1 })).toMatchObject({
      v2: "goes: age",
      v3: "in-use,newest",
    });
  });

  it("keeps an image that is among the newest of any of its repositories", () => {
    const images = {
      shared: { ...old, ...tagged("shop/web:0", "ci/cache:7"), lastUsedAt: 0 },
      web: { ...old, ...tagged("shop/web:1"), lastUsedAt: 5 },
    };
    expect(planOf(images, { maxAgeMs: day, keepNewest: 1 })).toEqual({ shared: "newest", web: "newest" });
  });

  it("tells docker.io/library/redis from another registry's redis, and not from redis", () => {
    const images = {
      short: { ...old, ...tagged("redis:1"), lastUsedAt: 1 },
      full: { ...old, ...tagged("docker.io/library/redis:2"), lastUsedAt: 2 },
      other: { ...old, ...tagged("ci.example/redis:1"), lastUsedAt: 0 },
    };
    expect(planOf(images, { maxAgeMs: day, keepNewest: 1 })).toEqual({
      short: "goes: age",
      full: "newest",
      other: "newest",
    });
  });

  it("says nothing of images without a tag", () => {
    const images = {
      untagged: { ...old, isUntagged: true, fields: { tags: [], digests: ["shop/web@sha256:00"] } },
    };
    expect(planOf(images, { maxAgeMs: day, keepNewest: 5 })).toEqual({ untagged: "goes: age" });
  });
});
