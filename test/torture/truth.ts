import type { ContainerId, ImageId } from "../../src/core/image/image.js";

interface Hold {
  readonly image: ImageId;
  readonly from: number;
  to: number | null;
}

interface Gap {
  readonly from: number;
  to: number;
}

/**
 * When each image was really used, and which image each name really stands for, as those know who did it. Times are
 * epoch milliseconds of the engine's clock, taken just before each deed.
 */
export class Truth {
  readonly #uses = new Map<ImageId, number[]>();
  readonly #holds = new Map<ContainerId, Hold>();
  readonly #mounts = new Map<ContainerId, ImageId>();
  readonly #names = new Map<string, ImageId>();
  readonly #gaps: Gap[] = [];

  /** Pulled, loaded or built: it may be there already. */
  appeared(image: ImageId, at: number): void {
    if (!this.#uses.has(image)) this.#uses.set(image, []);
    this.used(image, at);
  }

  used(image: ImageId, at: number): void {
    this.#uses.get(image)?.push(at);
  }

  held(container: ContainerId, image: ImageId, at: number): void {
    this.used(image, at);
    this.#holds.set(container, { image, from: at, to: null });
  }

  /** No event tells of a mount, so it counts only for as long as it is there. */
  mounted(container: ContainerId, image: ImageId): void {
    this.#mounts.set(container, image);
  }

  released(container: ContainerId, at: number): void {
    this.#mounts.delete(container);
    const hold = this.#holds.get(container);
    if (hold === undefined) return;
    this.used(hold.image, at);
    hold.to = at;
  }

  named(name: string, image: ImageId): void {
    this.#names.set(name, image);
  }

  unnamed(name: string): void {
    this.#names.delete(name);
  }

  /** The image is gone; one with the same ID that comes back is another one. Its names went with it. */
  gone(image: ImageId): void {
    this.#uses.delete(image);
    for (const [name, holder] of this.#names) if (holder === image) this.#names.delete(name);
    for (const [container, hold] of this.#holds) if (hold.image === image) this.#holds.delete(container);
  }

  get images(): readonly ImageId[] {
    return [...this.#uses.keys()];
  }

  get names(): ReadonlyMap<string, ImageId> {
    return this.#names;
  }

  /** Containers that are there. */
  heldBy(): readonly ContainerId[] {
    return [...this.#holds].filter(([, { to }]) => to === null).map(([container]) => container);
  }

  isHeld(image: ImageId): boolean {
    const isMounted = [...this.#mounts.values()].includes(image);
    return isMounted || [...this.#holds.values()].some((hold) => hold.image === image && hold.to === null);
  }

  /** The first moment that is known of it; null for an image that is not there. */
  appearedAt(image: ImageId): number | null {
    return this.#uses.get(image)?.[0] ?? null;
  }

  /**
   * From here on the engine forgets more than it tells: what was used, and what names stand for, is not known to anybody
   * who asks, until the next observation is whole.
   */
  openGap(from: number): void {
    if (this.#gaps.at(-1)?.to !== Infinity) this.#gaps.push({ from, to: Infinity });
  }

  closeGap(to: number): void {
    const gap = this.#gaps.at(-1);
    if (gap?.to === Infinity) gap.to = to;
  }

  /**
   * Its last use up to that moment that can be known; null when there was none. A container that was created later than
   * `listedFrom` need not have been in the list of containers: only its creation tells of it then.
   */
  lastUseUpTo(image: ImageId, moment: number, listedFrom = moment): number | null {
    const known = (this.#uses.get(image) ?? []).filter((at) => at <= moment && this.#gapAt(at) === undefined);
    for (const hold of this.#holds.values()) {
      if (hold.image !== image || hold.from > moment || (hold.to !== null && hold.to < moment)) continue;
      const at = hold.from <= listedFrom ? moment : hold.from;
      const knownAt = this.#gapAt(at)?.from ?? at;
      if (knownAt >= hold.from) known.push(knownAt);
    }
    return known.length === 0 ? null : Math.max(...known);
  }

  #gapAt(moment: number): Gap | undefined {
    return this.#gaps.find(({ from, to }) => moment >= from && moment <= to);
  }
}
