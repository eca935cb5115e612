import { describe, expect, it } from "vitest";
import type { Image } from "../../../../src/core/image/image.js";
import { parsePattern } from "../../../../src/core/policy/patterns.js";
import { scopeOf } from "../../../../src/core/policy/scope.js";
import { image, imageId } from "../../../support/values.js";

const digest = imageId("manifest");

function scope(only: readonly string[], fields: Partial<Image>) {
  return scopeOf(
    only.map((text) => parsePattern(text, "--only")),
    image("app", fields),
  );
}

const inside = { kind: "inside" };
const outside = (...alsoNamed: string[]) => ({ kind: "outside", alsoNamed });

describe("what --only takes", () => {
  it.each<[string, readonly string[], Partial<Image>, object]>([
    ["an image whose tag matches", ["ci/*"], { tags: ["ci/web:latest"] }, inside],
    ["no image whose tag does not", ["ci/*"], { tags: ["web:1"] }, outside()],
    [
      "none that is also named otherwise",
      ["ci/*:*"],
      { tags: ["ci/web:1", "prod/web:1"] },
      outside("prod/web:1"),
    ],
    [
      "one whose tags match one pattern each",
      ["ci/*:*", "prod/*:*"],
      { tags: ["ci/web:1", "prod/web:1"] },
      inside,
    ],
    [
      "its digest with the tag of the same repository",
      ["ci/*:*"],
      { tags: ["ci/web:1"], digests: [`ci/web@${digest}`] },
      inside,
    ],
    [
      "none with a digest of a repository that no pattern speaks of",
      ["ci/*:*"],
      { tags: ["ci/web:1"], digests: [`prod/web@${digest}`] },
      outside(`prod/web@${digest}`),
    ],
    ["an image by its digest", [`web@${digest}`], { tags: [], digests: [`web@${digest}`] }, inside],
    [
      "an image with a tag by the digest beside it",
      [`web@${digest}`],
      { tags: ["web:1"], digests: [`web@${digest}`] },
      inside,
    ],
    ["a tag that stands beside a digest", ["web:1"], { tags: [], digests: [`web:1@${digest}`] }, inside],
    ["an image by its ID, whatever it is called", [imageId("app")], { tags: ["prod/web:1"] }, inside],
    ["what has no name at all by its ID", [imageId("app").slice(0, 19)], { tags: [] }, inside],
    ["nothing without a name by a name", ["**"], { tags: [] }, outside()],
    ["what has no tag by the tag that it had", ["ci/*:*"], { tags: [], lastTags: ["ci/web:1"] }, inside],
    [
      "what has no tag by the tag that it had, its digest with it",
      ["ci/*:*"],
      { tags: [], digests: [`ci/web@${digest}`], lastTags: ["ci/web:1"] },
      inside,
    ],
    [
      "not by one of two that it had",
      ["ci/*:*"],
      { tags: [], lastTags: ["ci/web:1", "web:1"] },
      outside("web:1"),
    ],
    [
      "Podman's localhost by the short name",
      ["web:1"],
      { tags: ["localhost/web:1"], shortNames: ["web:1"] },
      inside,
    ],
    [
      "not Podman's second name by the short name of the first",
      ["web:1"],
      { tags: ["localhost/web:1", "localhost/web:2"], shortNames: ["web:1", "web:2"] },
      outside("localhost/web:2"),
    ],
  ])("%s", (_, only, fields, expected) => {
    expect(scope(only, fields)).toEqual(expected);
  });
});
