import { describe, expect, it } from "vitest";
import { imagesOfJob, type EndingJob, type JobScene } from "../../../../src/core/facts/own-images.js";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import { emptyLayerRecord, type LayerRecord } from "../../../../src/core/layers/layer-record.js";
import { parseLabelRule } from "../../../../src/core/policy/patterns.js";
import { facts, imageId, policy } from "../../../support/values.js";

const mark = {
  engine: "e",
  at: 0,
  anchor: null,
  images: new Set([imageId("old")]),
  manifests: new Set<string>(),
};

function ownOf(images: readonly ImageFacts[], job: Partial<EndingJob>, scene: Partial<JobScene> = {}) {
  const { own, doubtful } = imagesOfJob(
    { mark, labels: [], ids: new Set(), ...job },
    {
      facts: images,
      layers: emptyLayerRecord,
      only: null,
      digestNames: "from-registry",
      isMadeHere: () => false,
      ...scene,
    },
  );
  const called = new Map(images.map(({ image }) => [image.id, image.tags[0] ?? "untagged"]));
  return { own: [...own].map((id) => called.get(id)), doubtful: doubtful.map(({ tags }) => tags[0]) };
}

function named(word: string, tags: readonly string[], recipe: Parameters<typeof facts>[1] = {}) {
  return facts(word, { ...recipe, fields: { tags, digests: [], ...recipe.fields } });
}

const { only } = policy({ only: ["ci/a:*"] });

describe("what a job has made", () => {
  it("is what --only takes with all its names, and was not there at the mark", () => {
    const images = [
      named("new", ["ci/a:1"]),
      named("old", ["ci/a:0"]),
      named("shared", ["ci/a:2", "ci/b:2"]),
      named("other", ["ci/b:1"]),
    ];
    expect(ownOf(images, {}, { only }).own).toEqual(["ci/a:1"]);
  });

  it("is what has one of the labels", () => {
    const images = [
      named("new", ["x:1"], { fields: { labels: { job: "7" } } }),
      named("other", ["y:1"], { fields: { labels: { job: "8" } } }),
    ];
    expect(ownOf(images, { labels: [parseLabelRule("job=7", "test")] }).own).toEqual(["x:1"]);
  });

  it("is what a build wrote the ID of, or that of a platform, also where a registry has it", () => {
    const images = [
      named("new", ["x:1"], { fields: { digests: [`x@${imageId("new")}`] } }),
      named("index", ["y:1"], { fields: { manifests: [imageId("platform")] } }),
      named("other", ["z:1"]),
    ];
    expect(ownOf(images, { ids: new Set([imageId("new"), imageId("platform")]) }).own).toEqual([
      "x:1",
      "y:1",
    ]);
  });

  it("is nothing that something holds", () => {
    expect(ownOf([named("new", ["ci/a:1"], { inUse: true })], {}, { only }).own).toEqual([]);
  });

  it("is nothing that came from a registry, and nothing of which nobody knows", () => {
    const pulled = named("new", ["ci/a:1"], { fields: { digests: [`ci/a@${imageId("new")}`] } });
    expect(ownOf([pulled], {}, { only })).toEqual({ own: [], doubtful: ["ci/a:1"] });
    const always = { only, digestNames: "always" } as const;
    expect(ownOf([named("new", ["ci/a:1"])], {}, always)).toEqual({ own: [], doubtful: ["ci/a:1"] });
    expect(ownOf([pulled], {}, { ...always, isMadeHere: () => true }).own).toEqual(["ci/a:1"]);
  });

  it("is nothing without a name that may be about to get one from a pull", () => {
    const labels = [parseLabelRule("job", "test")];
    const image = named("new", [], { fields: { labels: { job: "" } } });
    expect(ownOf([image], { labels }).own).toEqual([]);
    expect(ownOf([image], { labels }, { isMadeHere: () => true }).own).toEqual(["untagged"]);
  });

  it("is also each step of it, as long as nothing else was built on that", () => {
    const step = named("step", []);
    const images = [
      step,
      named("next", [], { parent: "step" }),
      named("new", ["ci/a:1"], { parent: "next" }),
      named("old", [], {}),
    ];
    expect(ownOf(images, {}, { only }).own).toEqual(["ci/a:1", "untagged", "untagged"]);
    const other = [...images, named("other", ["ci/b:1"], { parent: "step" })];
    expect(ownOf(other, {}, { only }).own).toEqual(["ci/a:1", "untagged"]);
    const held = named("next", [], { parent: "step", inUse: true });
    expect(ownOf([step, held, named("new", ["ci/a:1"], { parent: "next" })], {}, { only }).own).toEqual([
      "ci/a:1",
    ]);
  });

  it("is nothing that an image of somebody else was built on", () => {
    const base = named("base", ["ci/a:base"]);
    const layers: LayerRecord = {
      ...emptyLayerRecord,
      images: new Map([
        [imageId("base"), { top: 1, taggedAt: null, content: null }],
        [imageId("app"), { top: 2, taggedAt: null, content: null }],
      ]),
      layers: new Map([
        [1, { chainId: "1", below: null, bytes: 1 }],
        [2, { chainId: "2", below: 1, bytes: 1 }],
      ]),
    };
    expect(ownOf([base, named("app", ["ci/b:1"])], {}, { only, layers }).own).toEqual([]);
    expect(ownOf([base, named("app", ["ci/a:1"])], {}, { only, layers }).own).toEqual([
      "ci/a:base",
      "ci/a:1",
    ]);
  });
});
