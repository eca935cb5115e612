import type { EngineRecord } from "./checkpoint.js";
import { toImageId, type ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import type { NameBinding, NameHistory } from "./name-history.js";
import { canonicalNameOf, parseReference } from "../image/reference.js";

/** What an event may be about: all of it counts. */
export interface Subject {
  readonly images: readonly ImageId[];
  /** A name that will turn out to be some more; null when there is none. */
  readonly binding: NameBinding | null;
}

export function exactly(...images: readonly ImageId[]): Subject {
  return { images, binding: null };
}

/** Finds what is meant by names as clients write them. */
export class NamedSubjects {
  readonly #record: EngineRecord;
  readonly #names: NameHistory;
  #listing: Listing;
  readonly #prefixes = new Map<string, readonly ImageId[]>();

  constructor(record: EngineRecord, listing: Listing, names: NameHistory) {
    this.#record = record;
    this.#listing = listing;
    this.#names = names;
  }

  relist(listing: Listing): void {
    this.#listing = listing;
  }

  /** A name as meant now: a reference, a full ID, or the beginning of one. Null for what is none of these. */
  find(text: string): Subject | null {
    const id = toImageId(text);
    if (id !== null) return exactly(id);
    const reference = parseReference(text);
    const digestAsId = reference?.digest == null ? null : toImageId(reference.digest);
    // In the containerd store the digest of a manifest is the image's ID.
    if (digestAsId !== null && this.#listing.images.has(digestAsId)) return exactly(digestAsId);
    const name = canonicalNameOf(text);
    if (name !== null && this.#names.isKnown(name)) return this.bound(name);
    const images = this.#startingWith(text);
    if (images.length > 0) return exactly(...images);
    // Swarm writes name:tag@digest; an image that lost its tag may have lost its digest with it.
    const tagged = reference?.tag == null ? name : canonicalNameOf(text.replace(/@.*/, ""));
    return tagged === null ? null : this.bound(tagged);
  }

  /** The same of a container whose creation was not seen: then its name meant what it meant at any time before. */
  findOfOld(text: string): Subject | null {
    const now = this.find(text);
    if (now?.binding == null) return now;
    return { ...now, images: [...now.images, ...this.#names.everHeld(now.binding.name)] };
  }

  /** Images that a container of the checkpoint may be of besides those in its row; the name is as the client wrote it. */
  cameUnlisted(text: string): readonly ImageId[] {
    if (toImageId(text) !== null) return [];
    const name = canonicalNameOf(text);
    const isName = name !== null && this.#names.isKnown(name);
    const images = isName ? [] : this.#startingWith(text);
    return name === null || images.length > 0 ? images : this.#names.cameUnlisted(name);
  }

  /** @param name canonical */
  bound(name: string): Subject {
    return { images: [], binding: this.#names.bind(name) };
  }

  #startingWith(text: string): readonly ImageId[] {
    const known = this.#prefixes.get(text);
    if (known !== undefined) return known;
    const images = this.#findStartingWith(text);
    this.#prefixes.set(text, images);
    return images;
  }

  #findStartingWith(text: string): readonly ImageId[] {
    const digits = text.replace(/^sha256:/, "");
    if (!/^[0-9a-f]{2,63}$/.test(digits)) return [];
    const known = new Set([...this.#listing.images.keys(), ...this.#record.images.keys()]);
    return [...known].filter((id) => id.startsWith(`sha256:${digits}`));
  }
}
