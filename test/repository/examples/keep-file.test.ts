import { expect, it } from "vitest";
import { matchesAny } from "../../../src/core/policy/patterns.js";
import type { Image, ImageId } from "../../../src/core/image/image.js";
import { settingsOf } from "../../support/command-lines.js";

const id = `sha256:${"0".repeat(64)}` as ImageId;
const { policy, warnings } = settingsOf("docker-gc --keep-file keep.txt");

function keeps(given: Partial<Image>): boolean {
  const image: Image = {
    id,
    parentId: null,
    tags: [],
    digests: [],
    sizeBytes: 1,
    labels: {},
    createdAt: null,
    manifests: [],
    ...given,
  };
  return matchesAny(policy.keep, image);
}

it("is read without a warning, its comments left out", () => {
  expect(warnings).toEqual([]);
  expect(policy.keep).toHaveLength(6);
  expect(policy.keep.filter(({ text }) => text.includes("#"))).toEqual([]);
});

it.each([
  ["postgres:16", true],
  ["postgres:17", false],
  ["redis:latest", true],
  ["redis:7", false],
  ["node:20", true],
  ["team/node:20", false],
  ["registry.example/base/debian:12", true],
  ["registry.example/base/java/17:latest", true],
  ["registry.example/other:1", false],
  ["registry.example/shop/web:v12", true],
  ["registry.example/shop/web:v12-rc1", false],
])("says of %s: kept %s", (name, kept) => {
  expect(keeps({ tags: [name] })).toBe(kept);
});

it("keeps an image by the beginning of its ID", () => {
  expect(keeps({ id: `sha256:4f53cda18c2b${"0".repeat(52)}` as ImageId })).toBe(true);
  expect(keeps({})).toBe(false);
});
