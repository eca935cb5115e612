import type { ImageId } from "../../src/core/image.js";
import type { Tally } from "./tally.js";
import type { Truth } from "./truth.js";

export const nameLost = "a name was lost from an image that was kept";
export const leftHalfRemoved = "names that a kill left half-removed were neither finished nor restored";

/** What a name stands for in the engine; undefined for nothing. */
export type Resolve = (name: string) => ImageId | undefined;

/** Looks after each run whether every image that is there has all its names. */
export class NameWatch {
  readonly #truth: Truth;
  readonly #tally: Tally;
  /** Missing since a kill. */
  readonly #missing = new Map<string, ImageId>();

  constructor(truth: Truth, tally: Tally) {
    this.#truth = truth;
    this.#tally = tally;
  }

  /** @param ended how the run ended that could have changed names */
  look(ended: "killed" | "completed", resolve: Resolve, when: string): void {
    for (const [name, image] of this.#missing) {
      if (this.#truth.names.get(name) === image && resolve(name) !== image) continue;
      this.#missing.delete(name);
      this.#tally.count(
        this.#truth.appearedAt(image) === null
          ? "names left half-removed by a kill: finished later"
          : "names left half-removed by a kill: restored, or given away by others, later",
      );
    }
    for (const [name, image] of this.#truth.names) {
      if (resolve(name) === image) continue;
      if (ended === "killed") {
        if (!this.#missing.has(name)) this.#tally.count("names left half-removed by a kill");
        this.#missing.set(name, image);
        continue;
      }
      this.#judge(name, image, when);
      this.#missing.delete(name);
      this.#truth.unnamed(name);
    }
  }

  #judge(name: string, image: ImageId, when: string): void {
    const wasMissing = this.#missing.has(name);
    if (name.includes("@") && wasMissing)
      this.#tally.count("digests lost by a kill, which only a pull brings back");
    else this.#tally.breach(wasMissing ? leftHalfRemoved : nameLost, `${name} of ${image}, ${when}`);
  }
}
