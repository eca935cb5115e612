import type { Image, ImageId } from "../../core/image/image.js";
import type { FullListingCause, Listing, ListingBase } from "../../core/image/listing.js";
import type { Checkpoint } from "../../core/uses/checkpoint.js";
import type { ImageChanges } from "../../core/uses/image-changes.js";
import { canonicalNamesOf } from "../../core/image/listing.js";
import { NameIndex } from "../../core/image/name-index.js";
import { pinnedTagOf } from "../../core/image/reference.js";
import type { EngineSession } from "./list.js";

/** The images as they were at a checkpoint, and what is known to have changed since. */
export interface KnownListing extends ListingBase {
  readonly images: Listing["images"];
  readonly checkpoint: Checkpoint;
  readonly changes: ImageChanges;
}

export interface CarriedImages {
  readonly images: ReadonlyMap<ImageId, Image>;
  /** See ListingBase. */
  readonly counted: number;
}

/**
 * Of the containerd store, where it matters, a look costs the engine about as much as two or three images of the list. Where there
 * are few images, neither costs anything.
 */
const leastLooks = 8;
const looksForList = 4;

/**
 * Brings a listing up to date with what events tell to have changed: looks at each image that they name, and at whoever was known to
 * hold a name that moved. Why all have to be listed where that does not come out even. Throws a Failure of code `engine` when
 * an answer is late, cut off or malformed.
 */
export async function carryForward(
  session: EngineSession,
  known: KnownListing,
): Promise<CarriedImages | FullListingCause> {
  const counted = session.description.imageCount();
  if (counted === null) return "count";
  const looks = new Looks(session, known);
  const trouble = (await looks.takeAll()) ?? (await looks.compareCount(counted));
  return trouble ?? { images: looks.images, counted };
}

class Looks {
  readonly images: Map<ImageId, Image>;
  readonly #session: EngineSession;
  readonly #known: KnownListing;
  readonly #most: number;
  readonly #waiting = new Set<ImageId>();
  readonly #seen = new Set<ImageId>();
  readonly #holders: NameIndex;
  #count = 0;

  constructor(session: EngineSession, known: KnownListing) {
    this.images = new Map(known.images);
    this.#session = session;
    this.#known = known;
    this.#most = Math.max(leastLooks, known.images.size / looksForList);
    this.#holders = new NameIndex(function* () {
      for (const { id, tags, digests } of known.images.values()) {
        for (const name of tags) yield [name, id] as const;
        for (const name of digests) yield [name, id] as const;
      }
    });
  }

  async takeAll(): Promise<FullListingCause | null> {
    const { images, deleted, references, moved, repositories } = this.#known.changes;
    for (const id of deleted) {
      this.images.delete(id);
      this.#seen.add(id);
    }
    for (const id of images) this.#waiting.add(id);
    for (const name of moved) this.#askHolderOf(name);
    for (const reference of references.values()) {
      const trouble = await this.#take(reference, null);
      if (trouble !== null) return trouble;
    }
    if (repositories.size > 0) await this.#askRepositories(repositories);
    return this.#takeWaiting();
  }

  /**
   * An image that a pull made and that has lost the name since has its digest in the same repository; in the containerd store it
   * has no name at all, unless it had another one before.
   */
  async #askRepositories(repositories: ReadonlySet<string>): Promise<void> {
    const { engine, description } = this.#session;
    for (const image of await engine.listRepositories(repositories)) {
      const known = this.images.get(image.id);
      const names = new Set(known === undefined ? [] : canonicalNamesOf(known));
      // Who has lost a name to another one is asked for with that one.
      if (known === undefined || !canonicalNamesOf(image).every((name) => names.has(name)))
        this.#waiting.add(image.id);
    }
    if (description.imageStore.kind !== "containerd") return;
    for (const id of await engine.listNameless()) if (!this.images.has(id)) this.#waiting.add(id);
  }

  /** A change without an event, as `ctr` makes them, shows here, and so does an image that came and lost its name again. */
  async compareCount(counted: number): Promise<FullListingCause | null> {
    const { engine, description } = this.#session;
    const count = countOf(this.#session, this.#known);
    if (counted - this.#known.counted === count(this.images) - count(this.#known.images)) return null;
    if (description.imageStore.kind !== "containerd") return "count";
    // The record of an image without a name stays beside one that a load gives it. Only this list, which is cheap, has it.
    const nameless = new Set(await engine.listNameless());
    for (const id of nameless) if (!this.images.has(id)) this.#waiting.add(id);
    for (const image of this.images.values())
      if (recordsOf(image) === 0 && !nameless.has(image.id)) this.#waiting.add(image.id);
    const trouble = await this.#takeWaiting();
    if (trouble !== null) return trouble;
    let records = nameless.size;
    for (const image of this.images.values()) records += recordsOf(image);
    return counted === records ? null : "count";
  }

  async #takeWaiting(): Promise<FullListingCause | null> {
    for (const id of this.#waiting) {
      if (this.#seen.has(id)) continue;
      const trouble = await this.#take(id, id);
      if (trouble !== null) return trouble;
    }
    return null;
  }

  async #take(reference: string, id: ImageId | null): Promise<FullListingCause | null> {
    this.#count += 1;
    if (this.#count > this.#most) return "many";
    const answer = await this.#session.engine.lookUp(reference);
    if (answer.kind === "unreadable") return "unclear";
    if (answer.kind === "missing") {
      if (id !== null) this.images.delete(id);
      return null;
    }
    const image = answer.value;
    this.#seen.add(image.id);
    this.images.set(image.id, image);
    for (const name of canonicalNamesOf(image)) this.#askHolderOf(name);
    // The classic builder announces no image that a COPY or ADD makes; most are parents of one that it does announce.
    if (image.parentId !== null && !this.images.has(image.parentId)) this.#waiting.add(image.parentId);
    return null;
  }

  #askHolderOf(name: string): void {
    const holder = this.#holders.get(name);
    if (holder !== undefined) this.#waiting.add(holder);
  }
}

/** Classic stores count images. The containerd store counts names, an image without any as one, and in some versions images. */
function countOf(
  { description }: EngineSession,
  { counted, images }: KnownListing,
): (images: Images) => number {
  const isOfNames =
    description.imageStore.kind === "containerd" && (counted === namesOf(images) || counted !== images.size);
  return isOfNames ? namesOf : ({ size }) => size;
}

type Images = ReadonlyMap<ImageId, Image>;

/** An image without a name is recorded under one that nobody sees. */
function namesOf(images: Images): number {
  let names = 0;
  for (const image of images.values()) names += Math.max(1, recordsOf(image));
  return names;
}

/** Under how many names the containerd store has an image; its digest is one where no tag tells it already. */
function recordsOf({ tags, digests }: Image): number {
  const repositories = new Set(tags.map((tag) => tag.slice(0, tag.lastIndexOf(":"))));
  const beside = digests.filter(
    (name) => pinnedTagOf(name) !== null || !repositories.has(name.slice(0, name.indexOf("@"))),
  );
  return tags.length + beside.length;
}
