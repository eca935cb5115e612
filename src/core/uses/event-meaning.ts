import { shortId, toImageId, type ContainerId, type ImageId } from "../image/image.js";
import type { Reference } from "../image/reference.js";
import type { EngineEvent } from "./event.js";
import type { UseKind } from "./use.js";

/** Actions of containers that are uses; `exec`, health checks and the like do not. Podman says `remove`. */
const containerUses: ReadonlyMap<string, UseKind> = new Map([
  ["create", "container-create"],
  ["start", "container-start"],
  ["restart", "container-start"],
  ["commit", "build"],
  ["die", "container-end"],
  ["destroy", "container-end"],
  ["remove", "container-end"],
]);

/** Actions of images that say, with an ID, that the image is there. */
const presences = new Set(["tag", "pull", "push", "load", "loadfromarchive", "import", "create", "build"]);

/** Undefined for what is no use. */
export function useOfContainer({ action }: EngineEvent): UseKind | undefined {
  return containerUses.get(action);
}

export function endsContainer({ action }: EngineEvent): boolean {
  return action === "destroy" || action === "remove";
}

export function showsPresence({ action }: EngineEvent): boolean {
  return presences.has(action);
}

/** Null where the event gives a name alone. Podman writes a build's ID into the name only. */
export function imageOf({ actorId, attributes }: EngineEvent): ImageId | null {
  return toImageId(actorId) ?? toImageId(attributes.name ?? "");
}

/** What `--all-tags` names; an event always gives one tag, also where nobody typed it. */
export function isWholeRepository({ tag, digest }: Reference): boolean {
  return tag === null && digest === null;
}

/** Docker puts a pulled or pushed name where other events have an ID, and Podman beside it. */
export function byName({ actorId, attributes }: EngineEvent): string {
  return `name:${toImageId(actorId) === null ? actorId : (attributes.name ?? actorId)}`;
}

/** As a person knows the container. */
export function byContainer({ attributes }: EngineEvent, id: ContainerId): string {
  const name = attributes.name ?? "";
  return `container:${name === "" ? shortId(id) : name}`;
}
