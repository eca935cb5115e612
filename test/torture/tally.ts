/** How many broken promises are described in full; the rest is counted. */
const describedAtMost = 20;

/** What one part of the torture counted. A promise stands in it from the start, so that its 0 is printed. */
export class Tally {
  readonly title: string;
  readonly #counts = new Map<string, number>();
  readonly #promises = new Map<string, number>();
  readonly #described: string[] = [];

  constructor(title: string, promises: readonly string[]) {
    this.title = title;
    for (const promise of promises) this.#promises.set(promise, 0);
  }

  count(what: string, by = 1): void {
    this.#counts.set(what, this.countOf(what) + by);
  }

  /** Keeps the highest. */
  measure(what: string, value: number): void {
    this.#counts.set(what, Math.max(this.countOf(what), Math.round(value)));
  }

  countOf(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** A promise was broken; `detail` should be enough to find out why. */
  breach(promise: string, detail: string): void {
    this.#promises.set(promise, (this.#promises.get(promise) ?? 0) + 1);
    if (this.#described.length < describedAtMost) this.#described.push(`${promise}: ${detail}`);
  }

  get breaches(): number {
    return [...this.#promises.values()].reduce((sum, count) => sum + count, 0);
  }

  lines(): string[] {
    const rows = (from: ReadonlyMap<string, number>): string[] =>
      [...from].map(([what, count]) => `${String(count).padStart(9)}  ${what}`);
    return [
      this.title,
      ...rows(this.#counts),
      "  promises broken:",
      ...rows(this.#promises),
      ...this.#described.map((line) => `  BROKEN ${line}`),
    ];
  }
}
