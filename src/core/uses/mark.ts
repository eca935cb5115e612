import { toImageId, type Image, type ImageId, type ManifestDigest } from "../image/image.js";
import { repositoryOfName } from "../image/reference.js";
import type { Anchor } from "../image/anchor.js";
import { imageOf } from "./event-meaning.js";
import type { EngineEvent } from "./event.js";
import { EventWindow } from "./event-window.js";

/** How an engine was when a job began. */
export interface Mark {
  /** See `EngineIdentity`. */
  readonly engine: string;
  /** Engine time, epoch milliseconds. */
  readonly at: number;
  /** The last event before; null where the engine remembered none. */
  readonly anchor: Anchor | null;
  /** All that were there. */
  readonly images: ReadonlySet<ImageId>;
  /** What was there of their platforms: a build that is all in the cache gives the same manifest another ID. */
  readonly manifests: ReadonlySet<ManifestDigest>;
}

/** Whether the image was there at the mark, by this ID or another one. */
export function wasThere({ images, manifests }: Mark, { id, manifests: own }: Image): boolean {
  return images.has(id) || (own ?? []).some((manifest) => manifests.has(manifest));
}

/** What says, with an ID, that this engine has made an image, or was given it in an archive. Podman has its own words. */
const making = new Set(["create", "build", "import", "load", "loadfromarchive"]);

/**
 * Which images were made on the engine since a mark, and which came from a registry: in the containerd store and with Podman, where
 * every image has a digest, only the events show it. They are pushed in the engine's own order.
 */
export class MadeSince {
  readonly #window: EventWindow;
  readonly #made = new Set<ImageId>();
  readonly #tagged = new Set<ImageId>();
  readonly #pulled = new Set<string>();

  constructor({ anchor }: Pick<Mark, "anchor">) {
    this.#window = new EventWindow(anchor);
  }

  push(event: EngineEvent): void {
    if (this.#window.push(event) === "event") this.#apply(event);
    else for (const known of [this.#made, this.#tagged, this.#pulled]) known.clear();
  }

  /** Whether the engine still remembers all since the mark. `bufferLimit`: how many events it remembers; null: it keeps a log. */
  remembersAll(bufferLimit: number | null): boolean {
    return this.#window.isWhole(bufferLimit);
  }

  /**
   * Engines before Docker 27, and later ones where a build is all in the cache, tell only that it was tagged. So may be what was
   * pulled: that counts where no pull of one of its repositories was seen, nor can have been missed.
   */
  isMadeHere({ id, tags, digests }: Image, bufferLimit: number | null): boolean {
    if (this.#made.has(id)) return true;
    const isPulled = [...tags, ...digests].some((name) => this.#pulled.has(repositoryOfName(name) ?? name));
    return this.#tagged.has(id) && !isPulled && this.remembersAll(bufferLimit);
  }

  #apply(event: EngineEvent): void {
    const { type, action, actorId, attributes } = event;
    if (type === "container" && action === "commit") this.#make(toImageId(attributes.imageID ?? ""));
    if (type !== "image") return;
    const image = imageOf(event);
    if (making.has(action)) this.#make(image);
    else if (action === "tag" && image !== null) this.#tagged.add(image);
    else if (action === "pull") {
      const name = toImageId(actorId) === null ? actorId : (attributes.name ?? "");
      this.#pulled.add(repositoryOfName(name) ?? name);
    } else if (action === "delete" && image !== null) {
      // What is there again by this ID may have come from anywhere.
      this.#made.delete(image);
      this.#tagged.delete(image);
    }
  }

  #make(image: ImageId | null): void {
    if (image !== null) this.#made.add(image);
  }
}
