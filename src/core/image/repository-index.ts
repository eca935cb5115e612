import { append } from "../text/append.js";
import { once } from "../text/once.js";
import type { ImageId } from "./image.js";
import { repositoriesOf, type Listing } from "./listing.js";

/** Key of the images without a tag; no repository is spelled like this. */
const untagged = "<none>";

/** Listed images by repository. Made when it is first asked: most windows of events do not ask. */
export class RepositoryIndex {
  readonly #index: () => ReadonlyMap<string, readonly ImageId[]>;

  constructor({ images }: Listing) {
    this.#index = once(() => {
      const index = new Map<string, ImageId[]>();
      for (const image of images.values()) {
        const keys = image.tags.length === 0 ? [untagged, ...repositoriesOf(image)] : repositoriesOf(image);
        for (const key of keys) append(index, key, image.id);
      }
      return index;
    });
  }

  /** Images with a name in the repository, a tag or a digest. */
  imagesOf(repository: string): readonly ImageId[] {
    return this.#index().get(repository) ?? [];
  }

  get withoutTag(): readonly ImageId[] {
    return this.#index().get(untagged) ?? [];
  }
}
