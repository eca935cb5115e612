import { append } from "../text/append.js";
import type { ImageId } from "./image.js";
import type { Listing } from "./listing.js";
import { repositoriesOf } from "./listing.js";

/** Key of the images without a tag; no repository is spelled like this. */
const untagged = "<none>";

/** Listed images by repository. Made when it is first asked: most windows of events do not ask. */
export class RepositoryIndex {
  readonly #listing: Listing;
  #index: ReadonlyMap<string, readonly ImageId[]> | null = null;

  constructor(listing: Listing) {
    this.#listing = listing;
  }

  /** Images with a name in the repository, a tag or a digest. */
  imagesOf(repository: string): readonly ImageId[] {
    return this.#made.get(repository) ?? [];
  }

  get withoutTag(): readonly ImageId[] {
    return this.#made.get(untagged) ?? [];
  }

  get #made(): ReadonlyMap<string, readonly ImageId[]> {
    this.#index ??= this.#make();
    return this.#index;
  }

  #make(): ReadonlyMap<string, readonly ImageId[]> {
    const index = new Map<string, ImageId[]>();
    for (const image of this.#listing.images.values()) {
      const keys = image.tags.length === 0 ? [untagged, ...repositoriesOf(image)] : repositoriesOf(image);
      for (const key of keys) append(index, key, image.id);
    }
    return index;
  }
}
