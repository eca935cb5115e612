import { describe, expect, it } from "vitest";
import { isCut } from "../../../../src/core/text/known-text.js";
import { parseEngineNames } from "../../../../src/engine/docker-api/image-answers.js";
import {
  parseContainers,
  parseServices,
  parseTypedName,
} from "../../../../src/engine/docker-api/user-answers.js";
import { describeEngine } from "../../../../src/engine/docker-api/description.js";
import { parseDetails } from "../../../../src/engine/docker-api/size-answers.js";
import { failureOf } from "../../../support/failure-of.js";
import { parseImages } from "../../../support/parse-images.js";

const id = `sha256:${"a".repeat(64)}`;
const hex = "c".repeat(64);
const long = "x".repeat(2_000_000);

function describeWith(info: Record<string, unknown>, apiVersion = "1.45") {
  return describeEngine({
    headers: { "api-version": apiVersion },
    info: { ID: "id", Name: "host", Driver: "overlay2", SystemTime: "2026-01-01T00:00:00Z", ...info },
    host: "unix:///engine.sock",
  });
}

describe("a text of megabytes", () => {
  it.each<[string, unknown]>([
    ["a tag", parseImages([{ Id: id, RepoTags: [`app:${long}`] }])],
    ["a digest", parseImages([{ Id: id, RepoDigests: [`${long}@${id}`] }])],
    ["the name of an inspected image", parseEngineNames({ Id: id, RepoTags: [`app:${long}`] })],
    ["a label", parseImages([{ Id: id, Labels: { [long]: long } }])],
    ["the name of a container", parseContainers([{ Id: hex, Names: [`/${long}`], ImageID: id }])],
    ["the state of a container", parseContainers([{ Id: hex, State: long, ImageID: id }])],
    ["the image of a container", parseContainers([{ Id: hex, Image: long, ImageID: id }])],
    ["the image of an inspected container", parseTypedName({ Config: { Image: long } })],
    ["an image mount", parseContainers([{ Id: hex, Mounts: [{ Type: "image", Source: long }] }])],
    ["the name of a service", parseServices([{ Spec: { Name: long } }])],
    ["the image of a service", parseServices([serviceOf(long)])],
    ["the folder of a layer", parseDetails({ Size: 0, GraphDriver: { Data: { UpperDir: `/${long}` } } })],
    ["the engine's version", describeWith({ ServerVersion: long })],
  ])("is not kept of %s", (_, parsed) => {
    expect(JSON.stringify(parsed).length).toBeLessThan(5000);
  });

  it("is told from a name that is whole", () => {
    const [image] = parseImages([{ Id: id, RepoTags: [`app:${long}`, "app:1"] }]);
    expect(image?.tags.map(isCut)).toEqual([true, false]);
  });

  it("names no image in a container, a mount or a service", () => {
    const mount = { Type: "image", Source: long };
    const [container] = parseContainers([{ Id: hex, Image: long, ImageID: id, Mounts: [mount] }]);
    expect(container).toMatchObject({ imageId: id, typedName: null, imageMounts: [] });
    expect(parseServices([serviceOf(long)])).toEqual([{ name: "shop", images: [] }]);
  });

  it.each(["ID", "Name", "Driver", "DockerRootDir"])(
    "is refused as the %s of an engine, which tells it from others",
    (field) => {
      expect(failureOf(() => describeWith({ [field]: long }))).toMatchObject({
        code: "engine",
        message: expect.stringContaining(`info.${field} has more than`) as string,
      });
    },
  );

  it("is no version of the API", () => {
    expect(failureOf(() => describeWith({}, `1.${"4".repeat(9000)}`)).code).toBe("engine");
  });
});

function serviceOf(image: string): object {
  return { Spec: { Name: "shop", TaskTemplate: { ContainerSpec: { Image: image } } } };
}
