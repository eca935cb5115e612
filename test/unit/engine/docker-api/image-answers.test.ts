import { describe, expect, it } from "vitest";
import {
  parseEngineNames,
  parseRemoval,
  withShortNames,
} from "../../../../src/engine/docker-api/image-answers.js";
import { parseContainers } from "../../../../src/engine/docker-api/user-answers.js";
import { containerId, imageId } from "../../../support/values.js";
import { failureOf } from "../../../support/failure-of.js";
import { parseImages } from "../../../support/parse-images.js";

const id = imageId("app");

const hex = id.slice("sha256:".length);

const digest = `app@${imageId("manifest of app")}`;

/** A row of `GET /images/json` as Docker 20.10 writes it. */
function row(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Containers: -1,
    Created: 1_700_000_000,
    Id: id,
    Labels: null,
    ParentId: "",
    RepoDigests: null,
    RepoTags: ["app:1"],
    SharedSize: -1,
    Size: 123,
    VirtualSize: 123,
    ...fields,
  };
}

describe("a list of images", () => {
  const parsed = (fields: Record<string, unknown>) => parseImages([row(fields)])[0];

  it("is read", () => {
    expect(
      parseImages([row({ RepoDigests: [digest], Labels: { a: "b" }, ParentId: imageId("base") })]),
    ).toEqual([
      {
        id,
        parentId: imageId("base"),
        tags: ["app:1"],
        digests: [digest],
        labels: { a: "b" },
        sizeBytes: 123,
        createdAt: 1_700_000_000_000,
        manifests: [],
      },
    ]);
    expect(parseImages([])).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["<none> in both lists", { RepoTags: ["<none>:<none>"], RepoDigests: ["<none>@<none>"] }],
    ["empty lists", { RepoTags: [], RepoDigests: [] }],
    ["null", { RepoTags: null, RepoDigests: null }],
    ["no lists", { RepoTags: undefined, RepoDigests: undefined }],
    ["a digest without a name", { RepoTags: [], RepoDigests: [imageId("manifest")] }],
  ])("has images without names: %s", (_, fields) => {
    expect(parsed(fields)).toMatchObject({ tags: [], digests: [] });
  });

  it("has images with a digest and no tag", () => {
    const digestOnly = { RepoTags: ["<none>:<none>"], RepoDigests: [digest] };
    expect(parsed(digestOnly)).toMatchObject({ tags: [], digests: [digest] });
    expect(parsed({ RepoTags: null, RepoDigests: ["<none>@<none>", digest] })?.digests).toEqual([digest]);
  });

  it("may have names with digests among the tags, and names twice", () => {
    const mixed = { RepoTags: ["app:1", digest, "app:1"], RepoDigests: [digest, digest] };
    expect(parsed(mixed)).toMatchObject({ tags: ["app:1"], digests: [digest] });
  });

  it("has a name with tag and digest once, however the containerd store repeats it", () => {
    const pinned = digest.replace("app@", "app:1@");
    const listed = { RepoTags: [pinned], RepoDigests: [digest] };
    expect(parsed(listed)).toMatchObject({ tags: [], digests: [pinned] });
    const inspected = { Id: id, RepoTags: [pinned], RepoDigests: [pinned] };
    expect(parseEngineNames(inspected)).toMatchObject({ tags: [], digests: [pinned] });
    const withTag = { RepoTags: ["app:1", "app:2", pinned], RepoDigests: [digest, pinned] };
    expect(parsed(withTag)).toMatchObject({ tags: ["app:1", "app:2"], digests: [pinned] });
    const elsewhere = {
      RepoTags: ["other:1", pinned],
      RepoDigests: [digest.replace("app", "other"), pinned],
    };
    expect(parsed(elsewhere)?.digests).toEqual([pinned, digest.replace("app", "other")]);
  });

  it("leaves out what lies in an additional store of Podman, which is read-only", () => {
    expect(parseImages([row({ ReadOnly: true }), row({ Id: imageId("own") })])).toMatchObject([
      { id: imageId("own") },
    ]);
  });

  it("of Podman, knows the names without a registry", () => {
    const [local] = parseImages([
      row({ RepoTags: ["localhost/redis:7", "quay.io/redis:7"], RepoDigests: [`localhost/${digest}`] }),
    ]);
    expect(local === undefined ? null : withShortNames(local)).toEqual({
      ...local,
      shortNames: ["redis:7", digest],
    });
    const [other] = parseImages([row()]);
    expect(other === undefined ? null : withShortNames(other)).toBe(other);
  });

  it.each([0, -1, -62_135_596_800, null, undefined, "2024-01-01"])(
    "has images without a date: %s",
    (Created) => {
      expect(parsed({ Created })?.createdAt).toBeNull();
    },
  );

  it("has one image for an ID that is listed twice, with the names of both", () => {
    const twice = [
      row(),
      row({ RepoTags: ["app:1", "app:2"], RepoDigests: [digest] }),
      row({ Id: imageId("b") }),
    ];
    expect(parseImages(twice)).toMatchObject([
      { id, tags: ["app:1", "app:2"], digests: [digest] },
      { id: imageId("b") },
    ]);
  });

  it("takes IDs in bare hexadecimal, as Podman writes them", () => {
    expect(parseImages([row({ Id: hex, ParentId: hex })])).toMatchObject([{ id, parentId: id }]);
  });

  it.each<[string, unknown, string]>([
    ["an object", { message: "x" }, 'images is {"message":"x"}, expected a list'],
    ["null", null, "images is null, expected a list"],
    ["a text", "x", 'images is "x", expected a list'],
    ["a row that is none", [row(), 5], "images[1] is 5, expected an object"],
    ["a row that is a list", [[]], "images[0] is [], expected an object"],
    ["no ID", [row({ Id: undefined })], "images[0].Id is nothing, expected a text"],
    ["a short ID", [row({ Id: "sha256:abc" })], 'images[0].Id is "sha256:abc", expected a full image ID'],
    ["an empty ID", [row({ Id: "" })], 'images[0].Id is "", expected a full image ID'],
    ["an ID in capitals", [row({ Id: id.toUpperCase() })], "expected a full image ID"],
    ["a parent that is none", [row({ ParentId: "base" })], 'images[0].ParentId is "base"'],
    ["tags in one text", [row({ RepoTags: "app:1" })], 'images[0].RepoTags is "app:1", expected a list'],
    ["a tag that is no text", [row({ RepoTags: [1] })], "images[0].RepoTags is 1, expected a list of texts"],
    ["digests in a table", [row({ RepoDigests: {} })], "images[0].RepoDigests is {}, expected a list"],
    ["labels in a list", [row({ Labels: ["a"] })], 'images[0].Labels is ["a"], expected an object'],
    [
      "a label that is no text",
      [row({ Labels: { a: 1 } })],
      "images[0].Labels is 1, expected a table of texts",
    ],
    ["a size in text", [row({ Size: "123" })], 'images[0].Size is "123", expected a whole number'],
    ["a size with a fraction", [row({ Size: 1.5 })], "images[0].Size is 1.5"],
    ["a size below zero", [row({ Size: -1 })], "images[0].Size is -1, expected a number of bytes"],
    ["a size beyond 2^53", [row({ Size: 2 ** 53 })], "images[0].Size is 9007199254740992"],
  ])("that is malformed is refused: %s", (_, answer, sentence) => {
    const failure = failureOf(() => parseImages(answer));
    expect(failure.code).toBe("engine");
    expect(failure.message).toContain(`The engine's answer cannot be trusted: `);
    expect(failure.message).toContain(sentence);
  });

  it("is refused in one line of reasonable length, whatever stands there", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(30_000)}${"]".repeat(30_000)}`);
    expect(failureOf(() => parseImages([{ ...row(), Size: deep }])).code).toBe("engine");
    const { message } = failureOf(() => parseImages(`\n${"x".repeat(10_000)}`));
    expect(message.length).toBeLessThan(200);
    expect(message).not.toContain("\n");
  });
});

describe("manifests", () => {
  // The shape of Docker 28.5, with what nobody reads left out.
  const platform = `sha256:${"a".repeat(64)}`;
  const attestation = `sha256:${"b".repeat(64)}`;
  const user = containerId("web");
  const Manifests = [
    { ID: platform, Available: true, Kind: "image", ImageData: { Containers: [user] } },
    { ID: `sha256:${"c".repeat(64)}`, Available: false, Kind: "image", ImageData: { Containers: null } },
    { ID: attestation, Available: true, Kind: "attestation", AttestationData: { For: platform } },
  ];
  const listed = { Id: id, RepoTags: ["app:1"], Size: 1 };

  it("are those of platforms, and not their attestations", () => {
    const [image] = parseImages([{ ...listed, Manifests }], "containerd");
    expect(image?.manifests).toEqual([platform, `sha256:${"c".repeat(64)}`]);
  });

  it("are not known where the engine does not tell them, and none where an ID is one image", () => {
    expect(parseImages([listed], "containerd")[0]?.manifests).toBeNull();
    expect(parseImages([{ ...listed, Manifests }])[0]?.manifests).toEqual([]);
  });

  it("tell on inspection which containers use them", () => {
    expect(parseEngineNames({ ...listed, Manifests }).usedBy).toEqual([user]);
  });

  it("are told of a container's, whatever its image's ID is", () => {
    const entry = {
      Id: user,
      ImageID: id,
      Image: id,
      ImageManifestDescriptor: { digest: platform, size: 662 },
    };
    expect(parseContainers([entry])).toMatchObject([{ manifest: platform, typedName: null }]);
    expect(parseContainers([{ ...entry, ImageManifestDescriptor: null }])).toMatchObject([
      { manifest: null },
    ]);
  });
});

describe("an image's names", () => {
  it("are read", () => {
    const answer = { Id: hex, RepoTags: ["app:1", "<none>:<none>"], RepoDigests: null };
    expect(parseEngineNames(answer)).toEqual({ id, tags: ["app:1"], digests: [], usedBy: [] });
  });

  it.each([[null], [[]], [{}], [{ Id: "app" }], [{ Id: id, RepoTags: "app:1" }]])(
    "are refused: %j",
    (answer) => {
      expect(failureOf(() => parseEngineNames(answer)).message).toContain("image");
    },
  );
});

describe("the answer to a removal", () => {
  it("says what went", () => {
    const lines = [{ Untagged: "app:1" }, { Untagged: digest }, { Deleted: id }, {}];
    expect(parseRemoval(lines)).toEqual({ untagged: ["app:1", digest], deleted: [id] });
    expect(parseRemoval(null)).toEqual({ untagged: [], deleted: [] });
  });

  it.each([["x"], [{}], [[1]], [[{ Deleted: 1 }]], [[{ Untagged: null }]]])("is refused: %j", (answer) => {
    expect(failureOf(() => parseRemoval(answer)).code).toBe("engine");
  });
});
