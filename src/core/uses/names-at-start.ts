import type { ImageId } from "../image/image.js";
import { canonicalNamesOf, type Listing } from "../image/listing.js";
import { doubtfulNamesIn, namesOf, type NameLookup, type NamesText } from "../image/name-index.js";
import { canonicalNameOf, repositoryOfName } from "../image/reference.js";
import { RepositoryIndex } from "../image/repository-index.js";

/** What a record says of names. */
export interface KnownNames {
  readonly names: NameLookup;
  readonly images: ReadonlyMap<ImageId, { readonly names: NamesText }>;
}

/**
 * What was known of names when a window of events began, beside the newest listing: so which images may have held a name that
 * nobody was seen to hold.
 */
export class NamesAtStart {
  readonly #names: NameLookup;
  /** What those names were listed for that may have moved by the start. */
  readonly #doubtful: NameLookup;
  readonly #images: KnownNames["images"];
  #listing: Listing;
  #repositories: RepositoryIndex;
  #newcomers: readonly ImageId[] | null = null;
  #renamed: readonly ImageId[] | null = null;

  constructor({ names, images }: KnownNames, listing: Listing) {
    this.#names = names;
    this.#images = images;
    this.#doubtful = doubtfulNamesIn(images);
    this.#listing = listing;
    this.#repositories = new RepositoryIndex(listing);
  }

  relist(listing: Listing): void {
    this.#listing = listing;
    this.#repositories = new RepositoryIndex(listing);
    this.#newcomers = null;
    this.#renamed = null;
  }

  has(name: string): boolean {
    return this.#names.has(name) || this.#doubtful.has(name);
  }

  /** Whether it was known for certain which image had the name. */
  isListed(name: string): boolean {
    return this.#names.has(name);
  }

  isDoubtful(name: string): boolean {
    return this.#doubtful.has(name);
  }

  imageOf(name: string): ImageId | undefined {
    return this.#names.get(name) ?? this.#doubtful.get(name);
  }

  /** False before the first run. */
  get hasImages(): boolean {
    return this.#images.size > 0;
  }

  /** A load while the last listing was made: see NameHistory.namesAtEnd. Then any image may have held any name. */
  get isUnknown(): boolean {
    if (this.#names.size > 0) return false;
    return [...this.#listing.images.keys()].some((id) => this.#images.has(id));
  }

  /** Images that are listed and were not known. */
  get newcomers(): readonly ImageId[] {
    this.#newcomers ??= [...this.#listing.images.keys()].filter((id) => !this.#images.has(id));
    return this.#newcomers;
  }

  newcomersOf(repository: string): readonly ImageId[] {
    return this.#repositories.imagesOf(repository).filter((id) => !this.#images.has(id));
  }

  /** Images whose names are not those of the checkpoint. */
  get renamedUnseen(): readonly ImageId[] {
    this.#renamed ??= [...this.#listing.images.values()].flatMap((image) => {
      const before = this.#images.get(image.id);
      if (before === undefined) return [];
      const names = new Set(namesOf(before.names).map((name) => canonicalNameOf(name) ?? name));
      const now = canonicalNamesOf(image);
      return now.length === names.size && now.every((name) => names.has(name)) ? [] : [image.id];
    });
    return this.#renamed;
  }

  withoutTagOrOf(name: string): readonly ImageId[] {
    const repository = repositoryOfName(name);
    const siblings = repository === null ? [] : this.#repositories.imagesOf(repository);
    return [...this.#repositories.withoutTag, ...siblings];
  }

  /** Names in which the tags of a repository are to be looked for: those of its listed images, and all that were known. */
  tagsFor(repository: string): readonly string[] {
    const listed = this.#repositories.imagesOf(repository);
    const texts = [...this.#images.values()].flatMap(({ names }) => namesOf(names));
    return [
      ...listed.flatMap((id) => this.#listing.images.get(id)?.tags ?? []),
      ...texts.filter((name) => !name.includes("@")),
    ];
  }
}
