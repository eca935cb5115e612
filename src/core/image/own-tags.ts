import type { ImageId } from "./image.js";
import { canonicalNameOf } from "./reference.js";

/**
 * Names that were given back by ourselves, in whichever part of the program, while one stretch of events is watched: their
 * `tag` events are no uses. One event each: another one of the same name is somebody else's.
 */
export class OwnTags {
  readonly #given = new Map<string, number>();

  /** `name` in any spelling. */
  note(name: string, image: ImageId): void {
    const key = keyOf(name, image);
    this.#given.set(key, (this.#given.get(key) ?? 0) + 1);
  }

  /** How often the name was given to the image. */
  count(name: string, image: ImageId): number {
    return this.#given.get(keyOf(name, image)) ?? 0;
  }

  /** Begins the next stretch: the events of what was given so far have been read. */
  forget(): void {
    this.#given.clear();
  }

  get isEmpty(): boolean {
    return this.#given.size === 0;
  }
}

/** What a replay has passed over of them. A replay may be begun again, so it counts for itself. */
export class PassedTags {
  readonly #own: OwnTags;
  readonly #passed = new Map<string, number>();

  constructor(own: OwnTags) {
    this.#own = own;
  }

  /** Whether this `tag` event is our own doing, and not yet counted. */
  isOwn(name: string, image: ImageId): boolean {
    const key = keyOf(name, image);
    const passed = this.#passed.get(key) ?? 0;
    if (passed >= this.#own.count(name, image)) return false;
    this.#passed.set(key, passed + 1);
    return true;
  }
}

function keyOf(name: string, image: ImageId): string {
  return `${canonicalNameOf(name) ?? name} ${image}`;
}
