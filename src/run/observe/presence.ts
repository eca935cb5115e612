import type { Image, ImageId } from "../../core/image/image.js";
import type { Engine, EngineNames } from "../../engine/port.js";

/**
 * What the engine has of an image now. `damaged`: it lists the image, and cannot show it. Where a layer's folder is gone,
 * an inspection of a classic store answers 500; where a manifest is gone, the containerd store answers 404.
 */
export type Presence =
  { readonly kind: "sound" | "damaged"; readonly names: Omit<EngineNames, "id"> } | { readonly kind: "gone" };

const gone: Presence = { kind: "gone" };

/** Looks at images that a run is about to remove. */
export class Presences {
  readonly #engine: Engine;
  #listed: ReadonlyMap<ImageId, Image> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Gone is only what is not listed any more. Throws a Failure of code `engine` where the engine does not answer. */
  async of(id: ImageId): Promise<Presence> {
    const answer = await this.#engine.inspectNames(id);
    if (answer.kind === "found") return { kind: "sound", names: answer.value };
    // What one listing lacks is gone for good: another one under this ID is another image. So many that somebody else
    // removes meanwhile cost one listing.
    if (this.#listed !== null && !this.#listed.has(id)) return gone;
    const listed = (await this.#list()).get(id);
    return listed === undefined ? gone : { kind: "damaged", names: { ...listed, usedBy: [] } };
  }

  /** Whether a damaged image has this name, by the list. */
  async isNamed(id: ImageId, name: string): Promise<boolean> {
    const image = (await this.#list()).get(id);
    return image !== undefined && [...image.tags, ...image.digests].includes(name);
  }

  async #list(): Promise<ReadonlyMap<ImageId, Image>> {
    this.#listed = new Map((await this.#engine.listImages()).map((image) => [image.id, image]));
    return this.#listed;
  }
}
