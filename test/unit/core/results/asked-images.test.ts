import { describe, expect, it } from "vitest";
import { findAsked, removedImages } from "../../../../src/core/results/asked-images.js";
import type { ImageId } from "../../../../src/core/image/image.js";
import type { OfImage } from "../../../../src/core/results/find-image.js";
import type { PastRemoval } from "../../../../src/core/results/history.js";
import { facts, imageId } from "../../../support/values.js";

const tagged = (word: string, ...tags: readonly string[]) => facts(word, { fields: { tags } });

const pinned = `registry.example.com/shop/pinned@${imageId("manifest")}`;

const present = [
  tagged("redis7", "redis:7"),
  tagged("redis6", "redis:6", "redis:6.2"),
  tagged("web", "registry.example.com/shop/web:latest"),
  tagged("web2", "registry.example.com/shop/web:2"),
  tagged("api", "registry.example.com/shop/api:3"),
  facts("pinned", { fields: { tags: [], digests: [pinned] } }),
];
const removals: readonly PastRemoval[] = [
  removal("gone-api", 30, "registry.example.com/shop/api:2"),
  removal("gone-web", 20, "registry.example.com/shop/web:1"),
  removal("redis7", 15, "redis:7"),
  removal("gone-node", 12, "node:20"),
  removal("gone-node", 10, "node:20", "node:lts"),
];
const removed = removedImages(
  removals,
  present.map(({ image }) => image.id),
);

function removal(word: string, at: number, ...names: readonly string[]): PastRemoval {
  return {
    at,
    imageId: imageId(word),
    names,
    freedBytes: 5,
    reasons: ["age"],
    outcome: "removed",
    detail: null,
    returned: null,
    lastUsedAt: null,
    expectedMs: null,
  };
}

/** The first name of each. */
function meant(word: string) {
  const found = findAsked(word, present, removed);
  if (found.kind !== "found") return found;
  const nameOf = ({ image }: OfImage) => image.tags[0] ?? image.digests[0] ?? "";
  return { there: found.present.map(nameOf), gone: found.removed.map(nameOf) };
}

function found(there: readonly OfImage[]) {
  return { kind: "found", present: there, removed: [] };
}

const shop = "registry.example.com/shop";
const [web, web2, api] = [`${shop}/web:latest`, `${shop}/web:2`, `${shop}/api:3`];

describe("a word stands for", () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ["a name", "redis:7", ["redis:7"], []],
    ["every tag of a repository without latest", "redis", ["redis:7", "redis:6"], []],
    ["the end of a name, which is latest", "web", [web], []],
    ["the end of a name of two parts", "shop/web", [web], []],
    ["the end of a name with its tag", "web:2", [web2], []],
    ["the end of a name, with whatever tag", "api", [api], []],
    ["a repository of which a digest alone is there", "registry.example.com/shop/pinned", [pinned], []],
    ["a pattern, and what was removed", "**/web:*", [web, web2], [`${shop}/web:1`]],
    ["a pattern of the end of a name, and what was removed", "web:*", [web, web2], [`${shop}/web:1`]],
    ["a regular expression", "re:^redis", ["redis:7", "redis:6"], []],
    ["a name that was removed, before the end of one that is there", "node:lts", [], ["node:20"]],
    ["a removed image without its tag", "node", [], ["node:20"]],
    ["a removed image by the end of its name", "web:1", [], [`${shop}/web:1`]],
    ["a removed image by the beginning of its ID", imageId("gone-node").slice(7, 15), [], ["node:20"]],
    ["what is there, and not its former removal", imageId("redis7"), ["redis:7"], []],
  ])("%s: %s", (_, word, there, gone) => {
    expect(meant(word)).toEqual({ there, gone });
  });

  it.each([
    ["redis:8", ["redis:7", "redis:6", "redis:6.2"]],
    ["node:21", ["node:20"]],
    ["eb", []],
    ["nothing/*", []],
    ["p/web", []],
  ])("nothing: %s", (word, related) => {
    expect(meant(word)).toMatchObject({ kind: "none", related: expect.arrayContaining(related) as unknown });
  });

  it("each image that shows the same tag beside a digest", () => {
    const both = ["old", "new"].map((word) =>
      facts(word, { fields: { tags: [], digests: [`job:1@${imageId(`manifest of ${word}`)}`] } }),
    );
    expect(findAsked("job:1", [...present, ...both], removed)).toEqual(found(both));
  });

  it("one image where it begins an ID: none, where it begins several", () => {
    const twins = ["a", "b"].map((last) =>
      facts(last, { fields: { id: `sha256:${last.padStart(64, "7")}` as ImageId, tags: [] } }),
    );
    expect(findAsked("77777777", twins, [])).toEqual({ kind: "several", all: twins });
  });

  it("each of several removed images whose IDs it begins", () => {
    const twins = ["a", "b"].map((last) => removal(last, 1, `job:${last}`));
    const once = removedImages(
      twins.map((each, index) => ({
        ...each,
        imageId: `sha256:${String(index).padStart(64, "7")}` as ImageId,
      })),
      [],
    );
    expect(findAsked("77777777", [], once)).toEqual({ kind: "found", present: [], removed: once });
  });

  it("no pattern where it cannot be read", () => {
    expect(() => meant("a[")).toThrow("explain");
  });
});

describe("removed images", () => {
  it("have all their removals, the newest first, and are left out where they are back", () => {
    expect(removed.map(({ removals: all }) => all.map(({ at }) => at))).toEqual([[30], [20], [12, 10]]);
  });
});
