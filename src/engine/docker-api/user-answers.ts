import type { Container, ImageId, ManifestDigest, Service } from "../../core/image/image.js";
import { toImageId, toTypedName } from "../../core/image/image.js";
import { fieldOf } from "../../core/text/parsed.js";
import { cutText, wholeText } from "../transport/bounds.js";
import {
  asArray,
  asObject,
  type Json,
  objectIn,
  optionalTextIn,
  textIn,
  textsIn,
} from "../transport/fields.js";
import { containerIdIn, imageIdIn } from "./full-ids.js";

/** `GET /containers/json` */
export function parseContainers(answer: unknown): Container[] {
  return asArray(answer, "containers").map((entry, index) => {
    const where = `containers[${index}]`;
    const fields = asObject(entry, where);
    const [name = ""] = textsIn(fields, "Names", where);
    return {
      id: containerIdIn(textIn(fields, "Id", where), `${where}.Id`),
      name: cutText(name.replace(/^\//, "")),
      imageId:
        containerImage(optionalTextIn(fields, "ImageID", where), `${where}.ImageID`) ??
        toImageId(optionalTextIn(fields, "Image", where)),
      manifest: containerManifest(fields["ImageManifestDescriptor"]),
      typedName: typedNameIn(fields, where),
      state: cutText(optionalTextIn(fields, "State", where)),
      imageMounts: imageMounts(fields["Mounts"], `${where}.Mounts`),
    };
  });
}

/** Empty for a container without an image; Podman then writes `sha256:`. */
function containerImage(text: string, where: string): ImageId | null {
  return text === "" || text === "sha256:" ? null : imageIdIn(text, where);
}

function typedNameIn(fields: Json, where: string): string | null {
  return toTypedName(wholeText(optionalTextIn(fields, "Image", where)) ?? "");
}

function containerManifest(descriptor: unknown): ManifestDigest | null {
  const digest = fieldOf(descriptor, "digest");
  return typeof digest === "string" ? toImageId(digest) : null;
}

/** `GET /containers/{id}/json`: null for a container without an image. */
export function parseTypedName(answer: unknown): string | null {
  const config = objectIn(asObject(answer, "container"), "Config", "container");
  return typedNameIn(config, "container.Config");
}

/**
 * Mounts of type `image` carry the reference as the user wrote it: Docker (API 1.48) as their name, with a path of the host as
 * their source; Podman (4.3 to 6.1), which gives them no name, as their source.
 */
function imageMounts(value: unknown, where: string): string[] {
  return asArray(value ?? [], where).flatMap((entry) => {
    const mount = asObject(entry, where);
    if (mount["Type"] !== "image") return [];
    const name = optionalTextIn(mount, "Name", where);
    const reference = wholeText(name === "" ? optionalTextIn(mount, "Source", where) : name);
    return reference === null || reference === "" ? [] : [reference];
  });
}

/** `GET /services` */
export function parseServices(answer: unknown): Service[] {
  return asArray(answer, "services").map((entry, index) => {
    const where = `services[${index}]`;
    const fields = asObject(entry, where);
    const spec = objectIn(fields, "Spec", where);
    const specs = [spec, objectIn(fields, "PreviousSpec", where)];
    const images = specs.flatMap((each) => wholeText(serviceImage(each, where)) ?? []);
    const name = cutText(optionalTextIn(spec, "Name", `${where}.Spec`));
    return { name, images: images.filter((image) => image !== "") };
  });
}

/** Empty for a service that runs a plugin instead of containers. */
function serviceImage(spec: Json, where: string): string {
  const task = objectIn(spec, "TaskTemplate", where);
  const container = objectIn(task, "ContainerSpec", where);
  return optionalTextIn(container, "Image", `${where}.ContainerSpec`);
}
