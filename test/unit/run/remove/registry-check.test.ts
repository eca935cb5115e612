import { describe, expect, it } from "vitest";
import type { Image } from "../../../../src/core/image/image.js";
import type { FailedRemovals } from "../../../../src/core/uses/failed-removals.js";
import type { PlannedImage } from "../../../../src/core/plan/planned-image.js";
import type { RegistryAnswer } from "../../../../src/engine/port.js";
import { RegistryCheck } from "../../../../src/run/remove/registry-check.js";
import { facts } from "../../../support/values.js";

const digest = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;

interface Scene {
  readonly images: readonly Image[];
  /** Those that an earlier run has asked about. */
  readonly askedBefore?: readonly Image[];
  readonly answer?: (name: string) => RegistryAnswer;
  readonly keepUnpullable?: "all" | "none";
}

function imageWith(word: string, tags: readonly string[] = [`ci.example/${word}:1`]): Image {
  return facts(word, { fields: { tags, digests: [`ci.example/${word}@${digest}`] } }).image;
}

function sceneOf({ images, askedBefore = [], answer, keepUnpullable = "all" }: Scene) {
  const asked: string[] = [];
  const engine = {
    askRegistry: (name: string) => {
      asked.push(name);
      return Promise.resolve(answer?.(name) ?? { kind: "found" as const, digest });
    },
  };
  const planned = images.map((image): PlannedImage => {
    return {
      facts: { ...facts("planned"), image },
      verdict: { kind: "remove", reason: "age" },
      freedBytes: 0,
      expected: null,
    };
  });
  const failed: FailedRemovals = new Map(
    askedBefore.map(({ id }) => [
      id,
      { cause: "registry" as const, failures: 1, lastFailedAt: 0, detail: null },
    ]),
  );
  return { check: new RegistryCheck(engine, { keepUnpullable }, planned, failed), asked };
}

const many = (count: number, word: string) =>
  Array.from({ length: count }, (_, index) => imageWith(`${word}${String(index)}`));

describe("whether an image could be pulled again", () => {
  it("is not asked where nobody wants to know", async () => {
    const image = imageWith("web");
    const { check, asked } = sceneOf({ images: [image], keepUnpullable: "none" });
    expect(await check.objectionTo(image)).toBeNull();
    expect(asked).toEqual([]);
  });

  it("is so where a registry has its digest under one of its names", async () => {
    const image = imageWith("web", ["ci.example/web:1", "other.example/web:1", "third.example/web:1"]);
    const answer = (name: string): RegistryAnswer => {
      if (name.startsWith("ci.")) return { kind: "refused", message: "manifest unknown" };
      return { kind: "found", digest };
    };
    const { check, asked } = sceneOf({ images: [image], answer });
    expect(await check.objectionTo(image)).toBeNull();
    expect(asked).toEqual(["ci.example/web:1", "other.example/web:1"]);
  });

  it.each<[RegistryAnswer, detail: string]>([
    [{ kind: "found", digest: other }, "ci.example/web:1 is another image in its registry."],
    [
      { kind: "refused", message: "manifest unknown (HTTP status 404)" },
      "Its registry does not show ci.example/web:1: manifest unknown (HTTP status 404).",
    ],
    [
      { kind: "silent", message: "there was no answer within 15 s" },
      "Its registry does not show ci.example/web:1: there was no answer within 15 s.",
    ],
  ])("is not so, or not known, with the answer %j", async (answer, detail) => {
    const image = imageWith("web");
    const { check } = sceneOf({ images: [image], answer: () => answer });
    expect(await check.objectionTo(image)).toEqual({ detail, obstacle: "registry" });
  });

  it("needs no question for one without a digest, or without a name", async () => {
    const built = facts("built", { fields: { tags: ["web:1"], digests: [] } }).image;
    const nameless = facts("nameless", { fields: { tags: [], digests: [] } }).image;
    const { check, asked } = sceneOf({ images: [built, nameless] });
    for (const image of [built, nameless])
      expect(await check.objectionTo(image)).toMatchObject({ obstacle: "registry" });
    expect(asked).toEqual([]);
  });

  it("is asked about 20 images in a run, and the others stay without an answer", async () => {
    const images = many(22, "web");
    const { check, asked } = sceneOf({ images });
    const doubts = [];
    for (const image of images) doubts.push(await check.objectionTo(image));
    expect(doubts.map((doubt) => doubt?.obstacle ?? "goes")).toEqual([
      ...Array<string>(20).fill("goes"),
      "moment",
      "moment",
    ]);
    expect(asked).toHaveLength(20);
  });

  it("is asked first about those that were never asked about", async () => {
    const [stale, fresh] = [many(20, "stale"), many(3, "fresh")];
    const { check, asked } = sceneOf({ images: [...stale, ...fresh], askedBefore: stale });
    for (const image of [...stale, ...fresh]) await check.objectionTo(image);
    expect(asked).toHaveLength(20);
    expect(asked.slice(-3)).toEqual(fresh.flatMap(({ tags }) => tags));
  });

  it("is not asked of a registry again that did not answer", async () => {
    const images = [imageWith("web"), imageWith("api"), imageWith("far", ["far.example/far:1"])];
    const answer = (name: string): RegistryAnswer =>
      name.startsWith("far.") ? { kind: "found", digest } : { kind: "silent", message: "silence" };
    const { check, asked } = sceneOf({ images, answer });
    const doubts = [];
    for (const image of images) doubts.push((await check.objectionTo(image))?.obstacle ?? "goes");
    expect(doubts).toEqual(["registry", "moment", "goes"]);
    expect(asked).toEqual(["ci.example/web:1", "far.example/far:1"]);
  });
});
