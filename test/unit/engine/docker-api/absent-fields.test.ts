import { describe, expect, it } from "vitest";
import { parseEngineNames, parseRemoval } from "../../../../src/engine/docker-api/image-answers.js";
import { parseContainers, parseServices } from "../../../../src/engine/docker-api/user-answers.js";
import {
  parseDetails,
  parseHistory,
  parseImageBytes,
} from "../../../../src/engine/docker-api/size-answers.js";
import { parseImages } from "../../../support/parse-images.js";

const id = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;
const hex = "c".repeat(64);

/** An entry of each answer with every field that is read, and those without which nobody could be told apart. */
const entries: readonly (readonly [
  string,
  Record<string, unknown>,
  readonly string[],
  (entry: unknown) => unknown,
])[] = [
  [
    "an image of the list",
    {
      Id: id,
      ParentId: other,
      RepoTags: ["app:1"],
      RepoDigests: [`app@${other}`],
      Labels: { a: "b" },
      Size: 7,
      Created: 1,
      Manifests: [{ ID: other, Kind: "image", ImageData: { Containers: [hex] } }],
    },
    ["Id"],
    (entry) => parseImages([entry], "containerd"),
  ],
  [
    "a container of the list",
    {
      Id: hex,
      Names: ["/web"],
      Image: "app:1",
      ImageID: id,
      ImageManifestDescriptor: { digest: other },
      State: "running",
      Mounts: [{ Type: "image", Name: "data:1", Source: "data:1" }],
    },
    ["Id"],
    (entry) => parseContainers([entry]),
  ],
  [
    "a service of the list",
    {
      Spec: { Name: "shop", TaskTemplate: { ContainerSpec: { Image: "app:1" } } },
      PreviousSpec: { Name: "shop", TaskTemplate: { ContainerSpec: { Image: "app:0" } } },
    },
    [],
    (entry) => parseServices([entry]),
  ],
  [
    "an inspected image's names",
    {
      Id: id,
      RepoTags: ["app:1"],
      RepoDigests: [`app@${other}`],
      Manifests: [{ Kind: "image", ImageData: {} }],
    },
    ["Id"],
    parseEngineNames,
  ],
  [
    "an inspected image",
    {
      Size: 7,
      RootFS: { Type: "layers", Layers: [id] },
      Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
      GraphDriver: { Data: { UpperDir: "/d" } },
    },
    [],
    parseDetails,
  ],
  ["a step of a history", { Size: 7, CreatedBy: "COPY . ." }, [], (entry) => parseHistory([entry])],
  ["the account of bytes", { LayersSize: 7, ImageUsage: { TotalSize: 7 } }, [], parseImageBytes],
  ["a line of a removal", { Untagged: "app:1", Deleted: id }, [], (entry) => parseRemoval([entry])],
];

const cases = entries.flatMap(([what, entry, needed, parse]) =>
  Object.keys(entry)
    .filter((field) => !needed.includes(field))
    .map((field) => ({ what, field, entry, parse })),
);

describe("a field that one engine does not fill is no reason to refuse its answer", () => {
  it.each(cases)("$what without $field", ({ field, entry, parse }) => {
    const without = Object.fromEntries(Object.entries(entry).filter(([name]) => name !== field));
    expect(() => parse(without)).not.toThrow();
  });

  it("what an image consists of is not known where the engine does not tell it", () => {
    expect(parseDetails({ Size: 7 })).toBeNull();
    expect(parseDetails({ RootFS: { Layers: [id] } })).toMatchObject({ sizeBytes: null, diffIds: [id] });
  });

  it("a container's image is found by what the engine shows, where its ID is not told", () => {
    expect(parseContainers([{ Id: hex, Image: id }])).toMatchObject([{ imageId: id, typedName: null }]);
    expect(parseContainers([{ Id: hex, Image: "app:1" }])).toMatchObject([
      { imageId: null, typedName: "app:1" },
    ]);
  });
});
