import type { ImageId } from "../../src/core/image/image.js";
import { isRunning, type StoredContainer } from "./container-store.js";
import type { StoredImage } from "./image-store.js";
import { familiarName, isDigestName, isSingleReference, repositoryOfName } from "./names.js";
import { Refusal } from "./refusal.js";
import type { EngineState } from "./state.js";

export interface RemovalOptions {
  readonly force: boolean;
  /** Leaves untagged parents alone. */
  readonly noprune: boolean;
}

/** One line of the engine's answer. */
export type RemovalRecord = { readonly Untagged: string } | { readonly Deleted: string };

interface Conflict {
  readonly message: string;
  readonly used: boolean;
}

type ConflictKind = "child" | "running" | "reference" | "stopped";

const hardConflicts: readonly ConflictKind[] = ["child", "running"];

/** DELETE /images/{name}: the rules of moby's daemon/images/image_delete.go, step by step. */
export function removeImage(state: EngineState, reference: string, options: RemovalOptions): RemovalRecord[] {
  const image = state.images.require(reference);
  const records: RemovalRecord[] = [];
  const byId = image.id.startsWith(reference) || image.id.slice("sha256:".length).startsWith(reference);
  if (byId) {
    dropSingleReference(state, image, options, records);
    deleteImage(state, image, options, "loudly", records);
  } else {
    untag(state, image, reference, options, records);
    if (state.images.namesOf(image.id).length === 0) deleteImage(state, image, options, "quietly", records);
  }
  return records;
}

function untag(
  state: EngineState,
  image: StoredImage,
  reference: string,
  { force }: RemovalOptions,
  records: RemovalRecord[],
): void {
  const [user] = state.containers.of(image.id);
  if (!force && user !== undefined && isSingleReference(state.images.namesOf(image.id))) {
    const use = `container ${short(user.id)} is using its referenced image ${short(image.id)}`;
    throw new Refusal(
      409,
      `conflict: unable to remove repository reference "${reference}" (must force) - ${use}`,
    );
  }
  const names = state.images.namesMeant(reference);
  for (const name of names) {
    dropName(state, name, records);
    state.publishImage("untag", image);
  }
  const [name] = names;
  if (name === undefined || isDigestName(name)) return;
  const left = state.images
    .namesOf(image.id)
    .filter((other) => repositoryOfName(other) === repositoryOfName(name));
  // The last tag of a repository takes the repository's digests along, without an event.
  if (left.every(isDigestName)) for (const digest of left) dropName(state, digest, records);
}

function dropSingleReference(
  state: EngineState,
  image: StoredImage,
  { force }: RemovalOptions,
  records: RemovalRecord[],
): void {
  const names = state.images.namesOf(image.id);
  if (!isSingleReference(names)) return;
  const conflict = conflictOf(state, image.id, force ? hardConflicts : [...hardConflicts, "stopped"]);
  if (conflict !== null) throw new Refusal(409, conflict.message);
  dropNames(state, image, records);
}

function deleteImage(
  state: EngineState,
  image: StoredImage,
  { force, noprune }: RemovalOptions,
  manner: "quietly" | "loudly",
  records: RemovalRecord[],
): void {
  const conflict = conflictOf(
    state,
    image.id,
    force ? hardConflicts : [...hardConflicts, "reference", "stopped"],
  );
  if (conflict !== null) {
    const isDangling = state.images.namesOf(image.id).length === 0 && !state.images.hasChildren(image.id);
    if (manner === "quietly" && (!isDangling || conflict.used)) return;
    throw new Refusal(409, conflict.message);
  }
  dropNames(state, image, records);
  const layers = state.images.delete(image);
  state.publishImage("delete", image);
  records.push({ Deleted: image.id }, ...layers.map((chainId) => ({ Deleted: chainId })));
  const parent = image.parentId === null ? undefined : state.images.get(image.parentId);
  if (!noprune && parent !== undefined) {
    deleteImage(state, parent, { force: false, noprune: false }, "quietly", records);
  }
}

function dropNames(state: EngineState, image: StoredImage, records: RemovalRecord[]): void {
  for (const name of state.images.namesOf(image.id)) {
    dropName(state, name, records);
    state.publishImage("untag", image);
  }
}

function dropName(state: EngineState, name: string, records: RemovalRecord[]): void {
  state.images.dropName(name);
  records.push({ Untagged: familiarName(name) });
}

/** The first conflict, in the order in which moby looks for them. */
function conflictOf(state: EngineState, id: ImageId, kinds: readonly ConflictKind[]): Conflict | null {
  const containers = state.containers.of(id);
  const running = containers.find(isRunning);
  const stopped = containers.find((container) => !isRunning(container));
  const unable = `conflict: unable to delete ${short(id)}`;
  const usedBy = (container: StoredContainer, kind: string): string =>
    `image is being used by ${kind} container ${short(container.id)}`;
  if (kinds.includes("child") && state.images.hasChildren(id)) {
    return { message: `${unable} (cannot be forced) - image has dependent child images`, used: false };
  }
  if (kinds.includes("running") && running !== undefined) {
    return { message: `${unable} (cannot be forced) - ${usedBy(running, "running")}`, used: true };
  }
  if (kinds.includes("reference") && state.images.namesOf(id).length > 0) {
    return {
      message: `${unable} (must be forced) - image is referenced in multiple repositories`,
      used: false,
    };
  }
  if (kinds.includes("stopped") && stopped !== undefined) {
    return { message: `${unable} (must be forced) - ${usedBy(stopped, "stopped")}`, used: true };
  }
  return null;
}

function short(id: string): string {
  return id.replace("sha256:", "").slice(0, 12);
}
