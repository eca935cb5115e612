import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ContentStore } from "../../../../src/engine/content/content-store.js";
import {
  attestation,
  blobOf,
  gzippedLayer,
  hostPlatform,
  ociImage,
  ociIndex,
  type OciBlob,
  type OciImage,
} from "../../../support/oci-archive.js";

const [base, own] = [gzippedLayer("base", Buffer.alloc(5_000)), gzippedLayer("own", Buffer.alloc(700, "x"))];
const image = ociImage([base, own], "image");
const arm = { architecture: "arm64", os: "linux" };
const foreign = ociImage([own], "foreign", arm);
const index = ociIndex([
  { image, platform: hostPlatform },
  { image: foreign, platform: arm },
]);

interface TestStore {
  readonly store: ContentStore;
  readonly pathOf: (blob: OciBlob) => string;
}

function storeOf(...blobs: readonly OciBlob[]): TestStore {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const pathOf = ({ digest }: OciBlob) => join(folder, "blobs/sha256", digest.replace("sha256:", ""));
  for (const blob of blobs) writeFileSync(pathOf(blob), blob.content);
  return { store: new ContentStore(folder), pathOf };
}

function allOf({ root, blobs }: OciImage): OciBlob[] {
  return [root, ...blobs];
}

function digestsOf(blobs: readonly OciBlob[]): string[] {
  return blobs.map(({ digest }) => digest).sort();
}

describe("a content store tells of an image", () => {
  it("its manifest, its configuration and its layers, each with its length", () => {
    const content = storeOf(...allOf(image)).store.read(image.id);
    const expected = allOf(image).map((blob) => ({ digest: blob.digest, bytes: blob.content.length }));
    expect(content?.blobs).toEqual(expected);
    expect(content?.manifests.get(image.id)?.layers).toEqual([base.blob.digest, own.blob.digest]);
  });

  it("all platforms of an index that are there, and nothing of those that nobody pulled", () => {
    const both = storeOf(index.root, ...allOf(image), ...allOf(foreign)).store.read(index.id);
    expect([...(both?.manifests.keys() ?? [])]).toEqual([image.id, foreign.id]);
    const pulled = storeOf(index.root, ...allOf(image)).store.read(index.id);
    expect(digestsOf([index.root, ...allOf(image)])).toEqual(
      pulled?.blobs.map(({ digest }) => digest).sort(),
    );
  });

  it("no layer that is not there", () => {
    const { blobs } = image;
    const content = storeOf(image.root, ...blobs.filter((blob) => blob !== own.blob)).store.read(image.id);
    expect(content?.blobs.map(({ digest }) => digest)).not.toContain(own.blob.digest);
    expect(content?.manifests.get(image.id)?.layers).toContain(own.blob.digest);
  });

  it("the digests of the layers of a configuration", () => {
    const { store } = storeOf(...allOf(image));
    const config = store.read(image.id)?.manifests.get(image.id)?.config ?? "";
    expect(store.readDiffIds(config)).toEqual([base.diffId, own.diffId]);
  });
});

describe("a content store tells with which images another one was built", () => {
  const bases = ["a", "b", "c"].map((digit) => digit.repeat(64));
  const materials = [
    ...bases.map((sha256) => ({ uri: "pkg:docker/base@1?platform=linux%2Famd64", digest: { sha256 } })),
    { uri: "https://example.com/file.tar", digest: { sha256: "d".repeat(64) } },
    { uri: "pkg:docker/unknown@1" },
  ];
  const told = bases.map((digest) => `sha256:${digest}`);

  const basesBeside = (statement: unknown, predicate = "https://slsa.dev/provenance/v0.2") => {
    const beside = attestation(statement, predicate);
    const both = ociIndex([
      { image, platform: hostPlatform },
      { image: beside, platform: { architecture: "unknown", os: "unknown" } },
    ]);
    return storeOf(both.root, ...allOf(image), ...allOf(beside)).store.read(both.id)?.bases;
  };

  it.each<[string, unknown]>([
    ["0.2", { predicate: { materials } }],
    ["1.0", { predicate: { buildDefinition: { resolvedDependencies: materials } } }],
  ])("by a provenance of SLSA %s beside it", (_, statement) => {
    expect(basesBeside(statement)).toEqual(told);
  });

  it.each<[string, unknown, string?]>([
    ["of another kind", { predicate: { materials } }, "https://spdx.dev/Document"],
    ["of another shape", { predicate: { materials: [1] } }],
    ["that is none", "x"],
    ["without materials", {}],
  ])(
    "and takes nothing from an attestation %s, nor does it lose the image's content",
    (_, statement, kind) => {
      expect(basesBeside(statement, kind)).toEqual([]);
    },
  );
});

describe("nothing is taken from a content store", () => {
  const nested = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const odd: readonly (readonly [string, OciBlob])[] = [
    ["that is no JSON", textBlob("{")],
    ["whose digest is another one's", { ...image.root, content: foreign.root.content }],
    ["nested too deep", textBlob(nested)],
    ["that is a list", textBlob("[]")],
    ["with sizes that are none", jsonBlob({ config: { digest: image.id, size: "1" }, layers: [] })],
    ["with names that lead elsewhere", jsonBlob({ manifests: [{ digest: "sha256:../../x", size: 1 }] })],
    ["that is larger than any manifest", textBlob(`{"a":"${"x".repeat(5_000_000)}"}`)],
  ];

  it.each(odd)("out of a manifest %s", (_, blob) => {
    expect(storeOf(blob).store.read(blob.digest)).toBeNull();
  });

  it("that is not there, or that is not in a file of its own", () => {
    expect(storeOf().store.read(image.id)).toBeNull();
    const { store, pathOf } = storeOf(...allOf(image));
    renameSync(pathOf(image.root), `${pathOf(image.root)}.moved`);
    symlinkSync(`${pathOf(image.root)}.moved`, pathOf(image.root));
    expect(store.read(image.id)).toBeNull();
  });

  it("by an index of indexes without end", () => {
    let root = ociIndex([{ image, platform: hostPlatform }]);
    const roots = [root.root];
    for (let depth = 0; depth < 5; depth += 1) {
      root = ociIndex([{ image: root, platform: hostPlatform }]);
      roots.push(root.root);
    }
    expect(storeOf(...allOf(image), ...roots).store.read(root.id)).toBeNull();
  });
});

function jsonBlob(value: unknown): OciBlob {
  return textBlob(JSON.stringify(value));
}

function textBlob(text: string): OciBlob {
  return blobOf("", Buffer.from(text));
}
