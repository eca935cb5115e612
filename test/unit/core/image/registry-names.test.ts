import { describe, expect, it } from "vitest";
import { pullableNames, registryDigests } from "../../../../src/core/image/registry-names.js";
import { image } from "../../../support/values.js";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

describe("the names by which an image is pulled again", () => {
  it.each<[what: string, tags: readonly string[], digests: readonly string[], names: readonly string[]]>([
    ["its tags", ["web:1", "ci.example/web:2"], [], ["web:1", "ci.example/web:2"]],
    ["no digest of a tag's repository", ["web:1"], [`docker.io/library/web@${digest("a")}`], ["web:1"]],
    [
      "a digest of another repository",
      ["web:1"],
      [`ci.example/web@${digest("a")}`],
      ["web:1", `ci.example/web@${digest("a")}`],
    ],
    ["a digest, where it has no tag", [], [`web@${digest("a")}`], [`web@${digest("a")}`]],
    ["a tag with a digest, as it was pulled", [], [`web:1@${digest("a")}`], [`web:1@${digest("a")}`]],
    ["nothing that is no reference", ["docker.io/library/UPPER:1"], ["<none>@<none>"], []],
  ])("are %s", (_, tags, digests, names) => {
    expect(pullableNames(image("app", { tags, digests }))).toEqual(names);
  });
});

describe("the digests under which a registry may have an image", () => {
  it("are those of all its names, its ID and its manifests: they are one image", () => {
    const digests = [`web@${digest("a")}`, `ci.example/web:1@${digest("b")}`];
    const app = image("app", { digests, manifests: [digest("c")] });
    expect(registryDigests(app)).toEqual(new Set([digest("a"), digest("b"), app.id, digest("c")]));
  });

  it("are none where it was never pulled or pushed", () => {
    expect(registryDigests(image("app", { tags: ["web:1"], digests: [] })).size).toBe(0);
  });
});
