import { describe, expect, it } from "vitest";
import { goes } from "../../../../support/plan-of.js";

describe("--max-versions", () => {
  const three = {
    one: { fields: { tags: ["app:1"] }, lastUsedAt: 10 },
    two: { fields: { tags: ["app:2"] }, lastUsedAt: 20 },
    three: { fields: { tags: ["app:3", "app:latest"] }, lastUsedAt: 30 },
  };

  it("takes of a repository all but the most recently used, however many tags each has", () => {
    expect(goes(three, { maxVersions: 2 })).toEqual(["app:1 versions"]);
    expect(goes(three, { maxVersions: 1 })).toEqual(["app:1 versions", "app:2 versions"]);
    expect(goes(three, { maxVersions: 3 })).toEqual([]);
    expect(goes(three, { maxVersions: null })).toEqual([]);
  });

  it("takes an image of several repositories only where it is beyond the number in each", () => {
    const images = { ...three, one: { fields: { tags: ["app:1", "other:1"] }, lastUsedAt: 10 } };
    expect(goes(images, { maxVersions: 2 })).toEqual([]);
    const both = { ...images, later: { fields: { tags: ["other:2"] }, lastUsedAt: 40 } };
    expect(goes(both, { maxVersions: 1 })).toEqual(["app:1,other:1 versions", "app:2 versions"]);
  });

  it("counts no image without a tag, and takes none", () => {
    const images = { ...three, none: { fields: { tags: [] }, lastUsedAt: 5 } };
    expect(goes(images, { maxVersions: 3 })).toEqual([]);
  });

  it("lets rules and the grace time hold", () => {
    expect(goes({ ...three, one: { ...three.one, inUse: true } }, { maxVersions: 2 })).toEqual([]);
    expect(goes(three, { maxVersions: 1, graceMs: 985 })).toEqual(["app:1 versions"]);
  });

  it("goes before the quota, which takes what is left", () => {
    expect(goes(three, { maxVersions: 2, quotaBytes: 10 })).toEqual(["app:1 versions", "app:2 quota"]);
  });
});
