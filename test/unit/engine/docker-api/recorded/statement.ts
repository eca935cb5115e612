import { shortId, type Image, type ImageId } from "../../../../../src/core/image/image.js";
import type { ImageAnswer, ImageDetails, RemovalAnswer } from "../../../../../src/engine/port.js";
import type { Found, Inspection } from "./questions.js";

/** What was found, in lines that a person can check. Images are called by their names, as IDs say nothing. */
export function statement(found: Found): string {
  const names = new Map(found.images.map((image) => [image.id, nameOf(image)]));
  const called = (id: string | null) => (id === null ? "none" : (names.get(id as ImageId) ?? "unknown"));
  const readable = (text: string) =>
    text.replace(
      /(?:sha256:)?[0-9a-f]{64}/g,
      (id) => names.get(id.replace(/^(?:sha256:)?/, "sha256:") as ImageId) ?? "…",
    );
  const lines = [
    ...engineLines(found),
    ...found.images
      .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
      .flatMap((image) => imageLines(image, found.inspections.get(image.id), called)),
    ...found.containers
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, state, imageId, manifest, typedName, inspected, imageMounts }) =>
        [
          `container ${name}: ${state}, of ${called(imageId)}, typed ${typedName ?? "as ID"}, by inspection ${inspected ?? "as ID"}`,
          manifest === null ? "no manifest" : "a manifest",
          `mounts ${imageMounts.join(" ") || "nothing"}`,
        ].join("; "),
      ),
    ...(found.services ?? []).map(({ name, images }) => `service ${name}: ${images.join(" ")}`),
    ...found.events.map(({ type, action, actorId, attributes }) => {
      const told = Object.entries(attributes).filter(([, text]) => text !== "");
      return `event ${type} ${action} of ${actorId === "" ? "nobody" : actorId}: ${told.map((pair) => pair.join("=")).join(" ")}`;
    }),
    `all images: ${found.imageBytes} bytes`,
    `a name that is none: ${found.unknownName.kind}`,
    ...Object.entries(found.removals).map(([what, answer]) => `removal, ${what}: ${removalText(answer)}`),
  ];
  return `${lines.map(readable).join("\n")}\n`;
}

function nameOf({ id, tags }: Image): string {
  return tags.toSorted()[0] ?? `unnamed ${shortId(id)}`;
}

function engineLines({ description: told, services }: Found): string[] {
  const { summary, identity, imageStore } = told;
  const container =
    imageStore.kind === "containerd" ? ` at ${imageStore.address} by ${imageStore.snapshotter}` : "";
  return [
    `${told.family} ${summary.version}, API ${summary.apiVersion}, ${summary.store}, data in ${told.rootDirectory}`,
    `known as ${identity.key.replace(summary.id, "its ID")}`,
    `images kept by ${imageStore.kind}${container}; sizes ${told.imageSizes}; digests ${told.digestNames}`,
    `events: ${told.eventBufferLimit ?? "a log"}; ${services === null ? "no manager" : "a manager"} of a swarm`,
  ];
}

function imageLines(
  image: Image,
  inspection: Inspection | undefined,
  called: (id: string | null) => string,
): string[] {
  if (inspection === undefined) return [];
  const labels = Object.entries(image.labels).map((pair) => pair.join("="));
  const { names, details, history } = inspection;
  return [
    `image ${nameOf(image)}: ${[...image.tags, ...image.digests].toSorted().join(" ")}`,
    `  child of ${called(image.parentId)}, ${image.sizeBytes} bytes, labels ${labels.join(" ") || "none"}, ${image.manifests?.length ?? "unknown"} manifests`,
    `  names: ${shownOf(names, (value) => `${value.id === image.id ? "the same ID" : value.id} ${[...value.tags, ...value.digests].toSorted().join(" ")}, used by ${value.usedBy.length}`)}`,
    `  layers: ${shownOf(details, (value) => `${value.diffIds.length}, ${value.sizeBytes} bytes, ${value.folder === null ? "no folder" : "a folder"}, ${value.taggedAt === null ? "never tagged" : "tagged"}${contentText(value)}`)}`,
    `  history: ${shownOf(history, (value) => value.map(({ bytes, createdBy }) => `${bytes} (${createdBy})`).join(", "))}`,
  ];
}

function contentText({ content }: ImageDetails): string {
  if (content === null) return "";
  const { contentBytes, unpackedBytes } = content.platform;
  return `, ${contentBytes} packed and ${unpackedBytes ?? "unknown"} unpacked, ${content.others.length} other platforms`;
}

function shownOf<Value>(answer: ImageAnswer<Value>, show: (value: Value) => string): string {
  return answer.kind === "found" ? show(answer.value) : answer.kind;
}

function removalText(answer: RemovalAnswer): string {
  return answer.kind === "removed"
    ? `untagged ${answer.untagged.join(" ") || "nothing"}, ${answer.deleted.length === 0 ? "nothing deleted" : "deleted"}`
    : `${answer.kind}, ${answer.message}`;
}
