import { describe, expect, it } from "vitest";
import {
  parseDetails,
  parseHistory,
  parseImageBytes,
} from "../../../../src/engine/docker-api/size-answers.js";
import { failureOf } from "../../../support/failure-of.js";

const details = {
  Size: 3_969_512,
  RootFS: { Type: "layers", Layers: ["sha256:one", "sha256:two"] },
  Metadata: { LastTagTime: "2026-11-21T16:52:23.704474978Z" },
};
const history = [
  { Comment: "", CreatedBy: "layer 1", Id: "sha256:x", Size: 5000, Tags: ["g:one"] },
  { Comment: "", CreatedBy: "layer 0", Id: "<missing>", Size: 3_964_512, Tags: null },
];

describe("what an image consists of", () => {
  it("is read, the oldest step first", () => {
    expect(parseDetails(details)).toEqual({
      sizeBytes: 3_969_512,
      diffIds: ["sha256:one", "sha256:two"],
      folder: null,
      taggedAt: Date.parse("2026-11-21T16:52:23.704Z"),
      content: null,
    });
    expect(parseHistory(history)).toEqual([
      { bytes: 3_964_512, createdBy: "layer 0" },
      { bytes: 5000, createdBy: "layer 1" },
    ]);
  });

  it.each([
    ["an image without layers", { ...details, RootFS: { Type: "layers" } }, { diffIds: [] }],
    ["no file system at all", { Size: 0 }, { diffIds: [], taggedAt: null }],
    [
      "an overlay driver",
      { ...details, GraphDriver: { Data: { UpperDir: "/d/l/diff" } } },
      { folder: "/d/l/diff" },
    ],
    ["another driver", { ...details, GraphDriver: { Data: null, Name: "vfs" } }, { folder: null }],
    ["a folder that is none", { ...details, GraphDriver: { Data: { UpperDir: "diff" } } }, { folder: null }],
    ["the year 1", { ...details, Metadata: { LastTagTime: "0001-01-01T00:00:00Z" } }, { taggedAt: null }],
    ["a time that is none", { ...details, Metadata: { LastTagTime: "soon" } }, { taggedAt: null }],
  ])("does with %s", (_, fields, expected) => {
    expect(parseDetails(fields)).toMatchObject(expected);
  });

  it("has no steps where the containerd store says null", () => {
    expect(parseHistory(null)).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ["image.Size is -1", () => parseDetails({ ...details, Size: -1 })],
    ["image.RootFS.Layers", () => parseDetails({ ...details, RootFS: { Layers: [7] } })],
    ["history[0].Size is -1", () => parseHistory([{ Size: -1 }])],
    ["history is", () => parseHistory({})],
  ])("is refused: %s", (message, parse) => {
    expect(failureOf(parse)).toMatchObject({ code: "engine" });
    expect(failureOf(parse).message).toContain(message);
  });
});

describe("the bytes of all images", () => {
  it.each([
    [{ LayersSize: 7, Images: [] }, 7],
    [{ LayersSize: 7, ImageUsage: { TotalSize: 7 } }, 7],
    [{ ImageUsage: { TotalSize: 7, TotalCount: 1 } }, 7],
    [{ ImageUsage: { ActiveCount: 1, Items: [{ Id: "a" }], Reclaimable: 2, TotalSize: 7 } }, 7],
    [{ ImageUsage: {} }, 0],
    [{ ImageUsage: null, LayersSize: 0 }, 0],
    [{}, 0],
  ])("are where the API version says them, or 0: %j", (answer, bytes) => {
    expect(parseImageBytes(answer)).toBe(bytes);
  });

  it.each([null, [], 7, { LayersSize: "7" }, { LayersSize: -1 }, { ImageUsage: [] }])(
    "are refused in %j",
    (answer) => {
      expect(failureOf(() => parseImageBytes(answer)).code).toBe("engine");
    },
  );
});
