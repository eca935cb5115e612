import { describe, expect, it } from "vitest";
import { findImages, relatedNames } from "../../../../src/core/results/find-image.js";
import { facts, imageId } from "../../../support/values.js";

const digest = `sha256:${"ab".repeat(32)}`;
const images = [
  facts("redis", { fields: { tags: ["redis:7", "redis:7.2"], digests: [`redis@${digest}`] } }),
  facts("team", { fields: { tags: ["ghcr.io/team/app:1"] } }),
  facts("latest", { fields: { tags: ["node:latest"] } }),
  // A repository may well be called so.
  facts("face", { fields: { tags: ["face:latest"] } }),
];
const idOf = (word: string) => imageId(word).slice("sha256:".length);

describe("the image that a person means", () => {
  it.each([
    ["redis:7", "redis"],
    ["docker.io/library/redis:7.2", "redis"],
    ["ghcr.io/team/app:1", "team"],
    ["node", "latest"],
    [`redis@${digest}`, "redis"],
    [digest, "redis"],
    [imageId("team"), "team"],
    [idOf("team"), "team"],
    [idOf("team").slice(0, 12), "team"],
    [idOf("team").slice(0, 12).toUpperCase(), "team"],
    [`sha256:${idOf("team").slice(0, 5)}`, "team"],
    ["face", "face"],
  ])("by %s", (word, expected) => {
    expect(findImages(word, images).map(({ image }) => image.id)).toEqual([imageId(expected)]);
  });

  describe("by a tag that stands beside a digest", () => {
    const pinned = (word: string) =>
      facts(word, { fields: { tags: [], digests: [`web:1@${imageId(word)}`] } });
    const first = pinned("first");

    it("is found, and named where another tag was asked for", () => {
      for (const word of ["web:1", `web@${imageId("first")}`, `web:1@${imageId("first")}`])
        expect(findImages(word, [first]), word).toEqual([first]);
      expect(findImages("web:2", [first])).toEqual([]);
      expect(relatedNames("web:2", [first])).toEqual(["web:1"]);
    });

    it("is open where it stands beside several", () => {
      const second = pinned("second");
      expect(findImages("web:1", [first, second])).toEqual([first, second]);
    });

    it("is the one that has the tag alone, as the engine takes it", () => {
      const own = facts("own", { fields: { tags: ["web:1"] } });
      expect(findImages("web:1", [first, own])).toEqual([own]);
    });
  });

  it("by a name without a registry is Podman's localhost, before any registry", () => {
    const local = facts("local", { fields: { tags: ["localhost/redis:7"], shortNames: ["redis:7"] } });
    const all = [...images, local];
    expect(findImages("redis:7", all)).toEqual([local]);
    expect(findImages("docker.io/library/redis:7", all)).toEqual(images.slice(0, 1));
  });

  it("is open where several IDs begin so", () => {
    const twins = [
      facts("a", { fields: { id: imageId("a") } }),
      facts("b", { fields: { id: imageId("b") } }),
    ];
    const alike = twins.map((twin, index) => ({
      ...twin,
      image: { ...twin.image, id: `sha256:abc${index}${"0".repeat(60)}` as typeof twin.image.id },
    }));
    expect(findImages("abc", alike)).toEqual(alike);
    expect(findImages("abc1", alike)).toEqual(alike.slice(1));
  });

  it.each([
    ["redis", ["redis:7", "redis:7.2"]],
    ["redis:8", ["redis:7", "redis:7.2"]],
    ["nothing", []],
    ["Not/A reference", []],
  ])("is none for %s, and other tags of it are named", (word, related) => {
    expect(findImages(word, images)).toEqual([]);
    expect(relatedNames(word, images)).toEqual(related);
  });
});
