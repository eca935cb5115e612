import type { EngineEvent } from "./event.js";
import { toImageId, type ImageId } from "../image/image.js";
import { canonicalName, canonicalNameOf, familiarRepositoryOf, parseReference } from "../image/reference.js";
import { isWholeRepository } from "./event-meaning.js";

/** Actions of images that change neither the image nor a name. */
const harmless = new Set(["save", "prune"]);

/** Actions that name the image by its ID. */
const byId = new Set(["create", "import", "load", "tag", "untag", "delete"]);

/**
 * Which images events tell to have changed, as Docker's engines write them from API 1.46 on. Which image a moved name was taken
 * from is in no event: whoever was known to hold it has to be looked at, too.
 */
export class ImageChanges {
  /** To be looked at. */
  readonly images = new Set<ImageId>();
  /** Deleted, and named by no event since. */
  readonly deleted = new Set<ImageId>();
  /** References of which an event gives the name alone, by canonical spelling. */
  readonly references = new Map<string, string>();
  /** Canonical names that may have been taken from whoever held them. */
  readonly moved = new Set<string>();
  /** Where images came that no event names, as a name that was pulled has moved on since; as docker shows them. */
  readonly repositories = new Set<string>();
  /** The repositories of names that were pulled, by canonical name. */
  readonly #pulled = new Map<string, string>();
  readonly #loaded = new Set<ImageId>();
  #isClear = true;
  #count = 0;

  /** False where something happened of which events do not tell what it did. */
  get isClear(): boolean {
    return this.#isClear;
  }

  /** Events that reported a change. */
  get count(): number {
    return this.#count;
  }

  note(event: EngineEvent): void {
    const { type, action, actorId, attributes } = event;
    if (type !== "image" || harmless.has(action)) return;
    this.#count += 1;
    if (action === "pull" || action === "push") {
      this.#noteTransfer(action, actorId);
      return;
    }
    const image = toImageId(actorId);
    if (!byId.has(action) || image === null) this.#isClear = false;
    else this.#noteById(image, action, canonicalNameOf(attributes.name ?? ""));
  }

  #noteById(image: ImageId, action: string, name: string | null): void {
    if (name !== null) this.#noteMove(name);
    else if (action === "tag") this.#isClear = false;
    if (action === "load") this.#noteLoad(image);
    // A load moves names that no event tells. Where the image has lost one since, nobody knows whom it had been taken from.
    else if ((action === "untag" && name === null) || action === "delete") {
      if (this.#loaded.has(image)) this.#isClear = false;
    }
    if (action === "delete") {
      this.images.delete(image);
      this.deleted.add(image);
      return;
    }
    this.deleted.delete(image);
    this.images.add(image);
  }

  /** Any name that was pulled before may be among those that it moved. */
  #noteLoad(image: ImageId): void {
    this.#loaded.add(image);
    for (const repository of this.#pulled.values()) this.repositories.add(repository);
  }

  /** With `--all-tags` the name is that of a repository, and the event does not say which of its tags moved. */
  #noteTransfer(action: "pull" | "push", text: string): void {
    const reference = parseReference(text);
    if (reference === null) {
      this.#isClear = false;
      return;
    }
    const repository = familiarRepositoryOf(reference);
    if (isWholeRepository(reference)) {
      this.repositories.add(repository);
      return;
    }
    const name = canonicalName(reference);
    this.references.set(name, text);
    if (action === "push") this.moved.add(name);
    else {
      this.#noteMove(name);
      this.#pulled.set(name, repository);
    }
  }

  /** Where a pull gave a name to an image and it has moved on since, nobody knows to which one. */
  #noteMove(name: string): void {
    const repository = this.#pulled.get(name);
    if (repository !== undefined) this.repositories.add(repository);
    this.moved.add(name);
  }
}
