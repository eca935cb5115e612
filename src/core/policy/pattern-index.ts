import { append } from "../text/append.js";
import type { Image } from "../image/image.js";
import { namesOf } from "../image/shown-names.js";
import type { ImagePattern } from "./image-pattern.js";

/**
 * Finds the patterns that match an image among very many: only those are tried of which a clue stands in one of its names, its
 * digests or its ID. Of the clues that all have to stand there, the one is looked for that the fewest patterns have: many rules begin
 * with the same registry.
 */
export class PatternIndex {
  /** Tried with every image. */
  readonly #always: number[] = [];
  /** By clue, which patterns have it; and by length, which lengths clues have. */
  readonly #byClue = new Map<string, number[]>();
  readonly #lengths: ReadonlySet<number>;
  readonly #patterns: readonly ImagePattern[];
  readonly #known = new WeakMap<Image, readonly ImagePattern[]>();

  constructor(patterns: readonly ImagePattern[]) {
    this.#patterns = patterns;
    const shares = sharesOf(patterns);
    for (const [index, { clues }] of patterns.entries()) {
      if (clues === null) this.#always.push(index);
      else for (const all of clues) append(this.#byClue, rarestOf(all, shares), index);
    }
    this.#lengths = new Set([...this.#byClue.keys()].map(({ length }) => length));
  }

  /** In the order in which they are given. */
  matching(image: Image): readonly ImagePattern[] {
    const matching = this.#known.get(image) ?? this.#try(image);
    this.#known.set(image, matching);
    return matching;
  }

  #try(image: Image): readonly ImagePattern[] {
    const candidates = new Set(this.#always);
    if (this.#byClue.size > 0) for (const text of textsOf(image)) this.#addCandidates(text, candidates);
    const inOrder = [...candidates].sort((one, other) => one - other);
    return inOrder
      .flatMap((index) => this.#patterns[index] ?? [])
      .filter((pattern) => pattern.matches(image));
  }

  #addCandidates(text: string, candidates: Set<number>): void {
    for (const length of this.#lengths) {
      for (let start = 0; start + length <= text.length; start += 1) {
        const found = this.#byClue.get(text.slice(start, start + length));
        if (found !== undefined) for (const index of found) candidates.add(index);
      }
    }
  }
}

/** How many patterns have each clue. */
function sharesOf(patterns: readonly ImagePattern[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { clues } of patterns)
    for (const clue of (clues ?? []).flat()) shares.set(clue, (shares.get(clue) ?? 0) + 1);
  return shares;
}

/** Of those that are as rare, the longest. */
function rarestOf(clues: readonly string[], shares: ReadonlyMap<string, number>): string {
  const shareOf = (clue: string) => shares.get(clue) ?? 0;
  return clues.reduce((best, clue) => {
    const difference = shareOf(clue) - shareOf(best);
    return difference < 0 || (difference === 0 && clue.length > best.length) ? clue : best;
  });
}

/** All that a pattern may be compared with. */
function textsOf(image: Image): ReadonlySet<string> {
  const { canonical, short, tagged, latest, digested, digests } = namesOf(image);
  return new Set([image.id, ...canonical, ...short, ...tagged, ...latest, ...digested, ...digests]);
}

const indexes = new WeakMap<readonly ImagePattern[], PatternIndex>();

/** Made once for all who ask. */
export function indexOf(patterns: readonly ImagePattern[]): PatternIndex {
  const index = indexes.get(patterns) ?? new PatternIndex(patterns);
  indexes.set(patterns, index);
  return index;
}
