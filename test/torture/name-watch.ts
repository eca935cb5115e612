import type { ImageId } from "../../src/core/image/image.js";
import type { Tally } from "./tally.js";
import type { Truth } from "./truth.js";

export const nameLost = "a name was lost from an image that was kept";
export const leftHalfRemoved =
  "names that were left half-removed were neither finished nor restored by the next run";

/** What a name stands for in the engine; undefined for nothing. */
export type Resolve = (name: string) => ImageId | undefined;

/** Looks after each run whether every image that is there has all its names. */
export class NameWatch {
  readonly #truth: Truth;
  readonly #tally: Tally;
  /** Missing since a run was broken off. */
  readonly #missing = new Map<string, ImageId>();
  readonly #left: string;
  readonly #lostDigests: string;

  /** @param cause what leaves removals half-done here */
  constructor(truth: Truth, tally: Tally, cause: "a kill" | "a fault" | "a race") {
    this.#truth = truth;
    this.#tally = tally;
    this.#left = `names left half-removed by ${cause}`;
    this.#lostDigests = `digests lost by ${cause}, which only a pull brings back`;
  }

  /** @param ended how the run ended that could have changed names */
  look(ended: "broken-off" | "completed", resolve: Resolve, when: string): void {
    for (const [name, image] of this.#missing) {
      if (this.#truth.names.get(name) === image && resolve(name) !== image) continue;
      this.#missing.delete(name);
      this.#tally.count(
        this.#truth.appearedAt(image) === null
          ? `${this.#left}: finished later`
          : `${this.#left}: restored later, or given away by others`,
      );
    }
    for (const [name, image] of this.#truth.names) {
      if (resolve(name) === image) continue;
      if (ended === "broken-off") {
        if (!this.#missing.has(name)) this.#tally.count(this.#left);
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
    if (name.includes("@") && wasMissing) this.#tally.count(this.#lostDigests);
    else this.#tally.breach(wasMissing ? leftHalfRemoved : nameLost, `${name} of ${image}, ${when}`);
  }
}
