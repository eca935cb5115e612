import { describe, expect, it } from "vitest";
import { parseContainers } from "../../../../src/engine/docker-api/user-answers.js";
import { containerId, imageId } from "../../../support/values.js";
import { failureOf } from "../../../support/failure-of.js";

const id = imageId("app");

const hex = id.slice("sha256:".length);

describe("a list of containers", () => {
  const container = (fields: Record<string, unknown> = {}) => ({
    Id: containerId("web"),
    Names: ["/web", "/other/web"],
    Image: "app:1",
    ImageID: id,
    State: "running",
    Mounts: [],
    ...fields,
  });
  const parsed = (fields: Record<string, unknown>) => parseContainers([container(fields)])[0];

  it("is read", () => {
    expect(parsed({ State: "dead" })).toEqual({
      id: containerId("web"),
      name: "web",
      imageId: id,
      state: "dead",
      imageMounts: [],
      manifest: null,
      typedName: "app:1",
    });
  });

  it.each(["", "sha256:", null, undefined])("has containers without an image: %j", (ImageID) => {
    expect(parsed({ ImageID })?.imageId).toBeNull();
  });

  it("has what images are mounted as it was typed, whichever field the engine puts it in", () => {
    const mount = { Type: "image", Destination: "/d", Mode: "", RW: false };
    const docker = { ...mount, Name: "team/data:1", Source: "/var/lib/docker/rootfs/overlayfs/1-team" };
    const podman = { ...mount, Source: "team/data:1", Propagation: "" };
    expect(parsed({ Mounts: [docker] })?.imageMounts).toEqual(["team/data:1"]);
    expect(parsed({ Mounts: [podman, { ...podman, Name: "" }] })?.imageMounts).toEqual([
      "team/data:1",
      "team/data:1",
    ]);
    expect(parsed({ Mounts: [mount] })?.imageMounts).toEqual([]);
  });

  it("takes an image's ID in bare hexadecimal", () => {
    expect(parsed({ ImageID: hex })?.imageId).toBe(id);
  });

  it.each([[null], [[]], [undefined]])("has containers without a name: %j", (Names) => {
    expect(parsed({ Names })?.name).toBe("");
  });

  it("has image mounts by the name that was typed, among other mounts", () => {
    const Mounts = [
      { Type: "bind", Source: "/a" },
      { Type: "image", Name: "tools", Source: "/b" },
      { Type: "volume", Name: "v" },
    ];
    expect(parsed({ Mounts })?.imageMounts).toEqual(["tools"]);
    expect(parsed({ Mounts: null })?.imageMounts).toEqual([]);
    expect(parsed({ Mounts: undefined })?.imageMounts).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["null", null, "containers is null, expected a list"],
    ["a row that is none", ["x"], 'containers[0] is "x", expected an object'],
    ["a short ID", [container({ Id: "abc" })], 'containers[0].Id is "abc", expected a full container ID'],
    ["an image that is a name", [container({ ImageID: "app:1" })], 'containers[0].ImageID is "app:1"'],
    ["an image that is a number", [container({ ImageID: 5 })], "containers[0].ImageID is 5, expected a text"],
    ["names in one text", [container({ Names: "/web" })], 'containers[0].Names is "/web", expected a list'],
    ["a mount that is none", [container({ Mounts: [1] })], "containers[0].Mounts is 1, expected an object"],
  ])("that is malformed is refused: %s", (_, answer, sentence) => {
    const failure = failureOf(() => parseContainers(answer));
    expect(failure.code).toBe("engine");
    expect(failure.message).toContain(sentence);
  });
});
