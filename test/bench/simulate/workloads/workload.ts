import type { TracedLayer, TraceLine } from "../../../../src/core/what-if/trace.js";
import type { Chance } from "./chance.js";

export const hour = 3600;
export const day = 24 * hour;

/** An image of a workload, by what a trace calls it. */
export interface WorkloadImage {
  readonly name: string;
  readonly layers: readonly TracedLayer[];
}

type Happening = Exclude<TraceLine, { readonly kind: "image" }>;

/** At the same moment: what a tag loses, then what is used, then what is built. */
const turns: Readonly<Record<Happening["kind"], number>> = { untag: 0, use: 1, build: 2 };

/** A trace in the making: what happens may be told in any order. Times are seconds. */
export class Workload {
  readonly #images: Extract<TraceLine, { readonly kind: "image" }>[] = [];
  readonly #happenings: Happening[] = [];
  #layers = 0;

  layer(bytes: number, made: "pulled" | "built" = "pulled"): TracedLayer {
    this.#layers += 1;
    return { name: `l${this.#layers}`, bytes, isBuilt: made === "built" };
  }

  image(repository: string, layers: readonly TracedLayer[]): WorkloadImage {
    const name = `i${this.#images.length}`;
    this.#images.push({ kind: "image", image: name, repository, layers });
    return { name, layers };
  }

  use({ name }: WorkloadImage, at: number, seconds: number): void {
    this.#happenings.push({ kind: "use", image: name, at, seconds });
  }

  build({ name }: WorkloadImage, at: number, seconds: number): void {
    this.#happenings.push({ kind: "build", image: name, at, seconds });
  }

  untag({ name }: WorkloadImage, at: number): void {
    this.#happenings.push({ kind: "untag", image: name, at });
  }

  /** Images first, as each has to be known before its first use. */
  get lines(): TraceLine[] {
    const sorted = this.#happenings.toSorted(
      (first, second) => first.at - second.at || turns[first.kind] - turns[second.kind],
    );
    return [...this.#images, ...sorted];
  }
}

export function isWorkday(dayNumber: number): boolean {
  return dayNumber % 7 < 5;
}

/** A moment of the day at which people work. */
export function atWork(chance: Chance, dayNumber: number): number {
  const clock = Math.min(22, Math.max(7, 13.5 + 3.2 * chance.normal()));
  return dayNumber * day + clock * hour;
}
