import type { ImageId } from "./image.js";
import type { Listing } from "./listing.js";
import { repositoriesOf } from "./listing.js";
import type { NameLookup, NamesAtEnd } from "./name-index.js";
import { parseReference, repositoryOf } from "./reference.js";
import type { Use } from "./use.js";

/**
 * A name as it was meant at one point of the history. Which image that was may become clear only later, when
 * the name is seen to move, or when the window ends and the listing applies; uses are kept until then.
 */
export interface NameBinding {
  readonly name: string;
  /** How many loads had happened when the name was used: a load moves names without saying which. */
  readonly loadsBefore: number;
  latest: Use | null;
  /** When the name was last pulled or pushed as meant here; null if it was not. Epoch milliseconds. */
  registryAt: number | null;
  /** The images it may have meant, once that is settled. */
  candidates: readonly ImageId[] | null;
}

/** What settled a name: that it was seen to move on, or the listing at the end of the window. */
export type SettledBy = "move" | "listing";

/** What a name is known to have stood for since a certain point. */
interface Holders {
  readonly images: readonly ImageId[];
  readonly loadsBefore: number;
  /** False after a pull, which does not say what it pulled, and for names as of a checkpoint before a gap. */
  readonly certain: boolean;
  /** Epoch milliseconds; null for what was so at the start. */
  readonly movedAt: number | null;
}

/**
 * Follows names through a window of events. Engines say which image a `tag` gave a name to, but not what a
 * `load` or a `pull` did, nor which name an `untag` took (engine facts: image events carry the ID, the pull
 * event carries the name). So each name has a set of possible images at each point, and all of them count.
 */
export class NameHistory {
  readonly #namesAtStart: NameLookup;
  readonly #imagesAtStart: { readonly has: (id: ImageId) => boolean };
  #listing: Listing;
  /** True when nothing was missed since the names at the start were written down. */
  readonly #continuous: boolean;
  readonly #holders = new Map<string, Holders>();
  readonly #pending = new Map<string, NameBinding[]>();
  readonly #loads: ImageId[] = [];
  readonly #lastLoad = new Map<ImageId, number>();
  #lastLoadAt = -Infinity;
  /** Images that a `tag` or `untag` event was about. */
  readonly #renamed = new Set<ImageId>();
  #newImages: readonly ImageId[] | null = null;
  #repositories: ReadonlyMap<string, readonly ImageId[]> | null = null;
  readonly #settle: (binding: NameBinding, by: SettledBy) => void;

  constructor(options: {
    readonly namesAtStart: NameLookup;
    readonly imagesAtStart: { readonly has: (id: ImageId) => boolean };
    readonly continuous: boolean;
    readonly listing: Listing;
    /** Called once for each binding, when its candidates are known. */
    readonly onSettled: (binding: NameBinding, by: SettledBy) => void;
  }) {
    this.#namesAtStart = options.namesAtStart;
    this.#imagesAtStart = options.imagesAtStart;
    this.#continuous = options.continuous;
    this.#listing = options.listing;
    this.#settle = options.onSettled;
  }

  /** The name as meant now. Uses of the same name between the same moves share one binding. */
  bind(name: string): NameBinding {
    const pending = this.#pending.get(name);
    const last = pending?.at(-1);
    if (last?.loadsBefore === this.#loads.length) return last;
    const binding: NameBinding = {
      name,
      loadsBefore: this.#loads.length,
      latest: null,
      registryAt: null,
      candidates: null,
    };
    if (pending === undefined) this.#pending.set(name, [binding]);
    else pending.push(binding);
    return binding;
  }

  /** Takes a newer listing, so that names can be settled by it. */
  relist(listing: Listing): void {
    this.#listing = listing;
    this.#repositories = null;
    this.#newImages = null;
  }

  /** Whether a use of the name waits to be settled. */
  isPending(name: string): boolean {
    return this.#pending.has(name);
  }

  isKnown(name: string): boolean {
    return this.#holders.has(name) || this.#namesAtStart.has(name) || this.#listing.names.has(name);
  }

  /** A `tag` event: from here on the name stands for this image. */
  move(name: string, image: ImageId, at: number): void {
    this.#settleAsMoved(name);
    this.#renamed.add(image);
    this.#holders.set(name, { images: [image], loadsBefore: this.#loads.length, certain: true, movedAt: at });
  }

  /** A `pull` event: the name may stand for a new image, or for the same as before. */
  moveSomewhere(name: string, at: number): void {
    const before = this.#possible(name, this.#loads.length);
    this.#settleAsMoved(name);
    this.#holders.set(name, { images: before, loadsBefore: this.#loads.length, certain: false, movedAt: at });
  }

  /** A `load` event: any name may stand for this image now. */
  load(image: ImageId, at: number): void {
    this.#lastLoad.set(image, this.#loads.length);
    this.#loads.push(image);
    this.#lastLoadAt = Math.max(this.#lastLoadAt, at);
  }

  untag(image: ImageId): void {
    this.#renamed.add(image);
  }

  /** The window is over: names that were not seen to move any more stand for what the listing says. */
  finish(): void {
    for (const bindings of this.#pending.values()) {
      for (const binding of bindings) this.#resolve(binding, this.#candidatesAtEnd(binding), "listing");
    }
    this.#pending.clear();
  }

  #settleAsMoved(name: string): void {
    for (const binding of this.#pending.get(name) ?? []) {
      this.#resolve(binding, this.#possible(name, binding.loadsBefore), "move");
    }
    this.#pending.delete(name);
  }

  #resolve(binding: NameBinding, candidates: readonly ImageId[], by: SettledBy): void {
    binding.candidates = candidates;
    this.#settle(binding, by);
  }

  #candidatesAtEnd({ name, loadsBefore }: NameBinding): readonly ImageId[] {
    const listed = this.#listing.names.get(name);
    if (listed === undefined) return this.#possible(name, loadsBefore);
    const loadedAt = this.#lastLoad.get(listed);
    // The listed image may have taken the name after the use: whoever held it before is possible too.
    if (loadedAt !== undefined && loadedAt >= loadsBefore) {
      return [...new Set([listed, ...this.#possible(name, loadsBefore)])];
    }
    const holders = this.#holdersOf(name);
    const movedByLoad = loadedAt !== undefined && loadedAt >= (holders?.loadsBefore ?? 0);
    // BuildKit on Docker 20.10 moves a tag without any event: then both ends of the move are possible.
    if (holders === undefined || !holders.certain || movedByLoad) return [listed];
    return [...new Set([listed, ...holders.images])];
  }

  /** What a name may have stood for after that many loads, going by what was seen before. */
  #possible(name: string, loadsBefore: number): readonly ImageId[] {
    const holders = this.#holdersOf(name);
    const loaded = this.#loads.slice(holders?.loadsBefore ?? 0, loadsBefore);
    const seen = new Set([...(holders?.images ?? []), ...loaded]);
    const isNew = loaded.length > 0 && this.#continuous && !this.#allUnknownAtStart();
    const certain = holders === undefined ? isNew : holders.certain;
    if (!certain) for (const image of this.#mayHaveLost(name)) seen.add(image);
    return [...seen];
  }

  #holdersOf(name: string): Holders | undefined {
    const seen = this.#holders.get(name);
    if (seen !== undefined) return seen;
    const atStart = this.#namesAtStart.get(name);
    return atStart === undefined
      ? undefined
      : { images: [atStart], loadsBefore: 0, certain: this.#continuous, movedAt: null };
  }

  /**
   * Images that may have held a name which nobody was seen to hold: those without a tag, those of the same repository,
   * those that are new, and those that gained or lost a name in this window.
   */
  #mayHaveLost(name: string): readonly ImageId[] {
    if (this.#allUnknownAtStart()) return [...this.#listing.images.keys()];
    const reference = parseReference(name);
    const siblings = reference === null ? [] : (this.#byRepository().get(repositoryOf(reference)) ?? []);
    const nameless = this.#byRepository().get(untagged) ?? [];
    return [...this.#renamed, ...nameless, ...siblings, ...this.#newcomers()];
  }

  /** A load while the last listing was made: see namesAtEnd. Then any image may have held any name. */
  #allUnknownAtStart(): boolean {
    if (this.#namesAtStart.size > 0) return false;
    return [...this.#listing.images.keys()].some((id) => this.#imagesAtStart.has(id));
  }

  #newcomers(): readonly ImageId[] {
    this.#newImages ??= [...this.#listing.images.keys()].filter((id) => !this.#imagesAtStart.has(id));
    return this.#newImages;
  }

  /** Made when it is first needed: most windows have no name that nobody was seen to hold. */
  #byRepository(): ReadonlyMap<string, readonly ImageId[]> {
    if (this.#repositories !== null) return this.#repositories;
    const index = new Map<string, ImageId[]>();
    for (const image of this.#listing.images.values()) {
      const keys = image.tags.length === 0 ? [untagged, ...repositoriesOf(image)] : repositoriesOf(image);
      for (const key of keys) {
        const known = index.get(key);
        if (known === undefined) index.set(key, [image.id]);
        else known.push(image.id);
      }
    }
    this.#repositories = index;
    return index;
  }

  /**
   * What names stand for at the end of the window, for the next checkpoint. Where a name moved while the
   * listing was made, the listing may be the older of the two: a `tag` event then says more, and after a `load` or a
   * `pull` it is better to know nothing.
   */
  namesAtEnd(): NamesAtEnd {
    const listedAt = this.#listing.listedAt - listingRaceMs;
    const moved = new Map<string, ImageId | null>();
    for (const [name, { images, certain, movedAt }] of this.#holders) {
      if (movedAt === null || movedAt < listedAt) continue;
      const [only] = images;
      moved.set(name, certain && only !== undefined ? only : null);
    }
    return { isKnown: this.#lastLoadAt < listedAt, moved };
  }
}

/** Key of the images without a tag; no repository is spelled like this. */
const untagged = "<none>";

/** How far the engine's clock, as estimated from here, may be off. */
export const listingRaceMs = 50;
