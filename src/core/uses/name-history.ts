import { append } from "../text/append.js";
import type { ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import type { MovedName, NamesAtEnd } from "../image/name-index.js";
import { canonicalName, parseReference, repositoryOf, repositoryOfName } from "../image/reference.js";
import { NamesAtStart, type KnownNames } from "./names-at-start.js";
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
  /** When the name was first used as meant here; null if it was not. Epoch milliseconds. */
  firstAt: number | null;
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
  readonly #start: NamesAtStart;
  #listing: Listing;
  /** True when nothing was missed since the names at the start were written down. */
  readonly #continuous: boolean;
  readonly #holders = new Map<string, Holders>();
  /** All that were seen to be given a name. */
  readonly #given = new Map<string, Set<ImageId>>();
  readonly #pending = new Map<string, NameBinding[]>();
  readonly #loads: ImageId[] = [];
  readonly #lastLoad = new Map<ImageId, number>();
  #lastLoadAt = -Infinity;
  #isEndHidden = false;
  /** Images that a `tag` or `untag` event was about. */
  readonly #renamed = new Set<ImageId>();
  readonly #settle: (binding: NameBinding, by: SettledBy) => void;

  constructor(options: {
    readonly atStart: KnownNames;
    readonly continuous: boolean;
    readonly listing: Listing;
    /** Called once for each binding, when its candidates are known. */
    readonly onSettled: (binding: NameBinding, by: SettledBy) => void;
  }) {
    this.#start = new NamesAtStart(options.atStart, options.listing);
    this.#continuous = options.continuous;
    this.#listing = options.listing;
    this.#settle = options.onSettled;
  }

  /** The name as meant now. Uses of the same name between the same moves share one binding. */
  bind(name: string): NameBinding {
    const last = this.#pending.get(name)?.at(-1);
    if (last?.loadsBefore === this.#loads.length) return last;
    const binding: NameBinding = {
      name,
      loadsBefore: this.#loads.length,
      latest: null,
      firstAt: null,
      registryAt: null,
      candidates: null,
    };
    append(this.#pending, name, binding);
    return binding;
  }

  /** Takes a newer listing, so that names can be settled by it. */
  relist(listing: Listing): void {
    this.#listing = listing;
    this.#start.relist(listing);
  }

  /** Whether a use of the name waits to be settled. */
  isPending(name: string): boolean {
    return this.#pending.has(name);
  }

  isKnown(name: string): boolean {
    return this.#holders.has(name) || this.#start.has(name) || this.#listing.names.has(name);
  }

  /** A `tag` event: from here on the name stands for this image. */
  move(name: string, image: ImageId, at: number): void {
    this.#settleAsMoved(name);
    this.#renamed.add(image);
    this.#given.set(name, (this.#given.get(name) ?? new Set()).add(image));
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

  /**
   * The window is over: names that were not seen to move any more stand for what the listing says. Where its end is hidden, they
   * may have moved in it, too.
   */
  finish(end: "seen" | "hidden" = "seen"): void {
    this.#isEndHidden = end === "hidden";
    for (const bindings of this.#pending.values()) {
      for (const binding of bindings) this.#resolve(binding, this.#candidatesAtEnd(binding), "listing");
    }
    this.#pending.clear();
  }

  /** The tags of a repository that were known at any time, canonical. */
  tagsOf(repository: string): ReadonlySet<string> {
    const names = [...this.#start.tagsFor(repository), ...this.#holders.keys(), ...this.#pending.keys()];
    const tags = new Set<string>();
    for (const text of names) {
      const reference = parseReference(text);
      if (reference !== null && reference.digest === null && repositoryOf(reference) === repository)
        tags.add(canonicalName(reference));
    }
    return tags;
  }

  /**
   * Images that may have had tags of the repository which nobody has seen: new ones with a name in it, be it a digest
   * alone, and those that were loaded.
   */
  mayHaveBeenOf(repository: string): readonly ImageId[] {
    if (this.#start.isUnknown) return [...this.#listing.images.keys()];
    return [...this.#loads, ...this.#start.newcomersOf(repository)];
  }

  /**
   * What the name may have stood for at any time until now, the present aside: for a container whose creation was not
   * seen. Where images were not watched, those count that have gained or lost a name meanwhile, and those that are new; or,
   * where no names are known from before, those that have no tag now, and those of the same repository.
   */
  everHeld(name: string): ReadonlySet<ImageId> {
    const start = this.#start;
    const isInDoubt = start.isDoubtful(name) || start.isUnknown;
    return new Set([
      ...(this.#holdersAtStart(name)?.images ?? []),
      ...(isInDoubt ? this.#mayHaveLost(name) : []),
      ...(this.#given.get(name) ?? []),
      ...this.#loads,
      ...this.#renamed,
      ...(start.hasImages ? [...start.newcomers, ...start.renamedUnseen] : start.withoutTagOrOf(name)),
    ]);
  }

  /**
   * What the name may have stood for at the checkpoint and was not listed there: a pull while the listing was made does not
   * tell what it brought.
   */
  cameUnlisted(name: string): readonly ImageId[] {
    return this.#start.isListed(name) ? [] : this.#start.newcomers;
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
    // The listed image may have taken the name after the use, or lost it before: whoever else held it is possible too.
    if ((loadedAt !== undefined && loadedAt >= loadsBefore) || this.#movedSinceListing(name)) {
      return [...new Set([listed, ...this.#possible(name, loadsBefore)])];
    }
    const holders = this.#holdersOf(name);
    const movedByLoad = loadedAt !== undefined && loadedAt >= (holders?.loadsBefore ?? 0);
    // BuildKit on Docker 20.10 moves a tag without any event: then both ends of the move are possible.
    if (holders === undefined || movedByLoad) return [listed];
    if (holders.certain) return [...new Set([listed, ...holders.images])];
    const mayBePulled = holders.images.includes(listed) || this.#isOfRegistry(listed, name);
    if (holders.movedAt === null || mayBePulled) return [listed];
    return [...new Set([listed, ...this.everHeld(name)])];
  }

  /** Whether a pull may have brought the image by that name: it gets a digest of the repository, as no build and no load does. */
  #isOfRegistry(image: ImageId, name: string): boolean {
    const repository = repositoryOfName(name);
    const digests = this.#listing.images.get(image)?.digests ?? [];
    return digests.some((digest) => repositoryOfName(digest) === repository);
  }

  /** A load may move any name. */
  #movedSinceListing(name: string): boolean {
    const movedAt = Math.max(this.#holders.get(name)?.movedAt ?? -Infinity, this.#lastLoadAt);
    return this.#isEndHidden || movedAt >= this.#listing.listedAt - listingRaceMs;
  }

  /** What a name may have stood for after that many loads, going by what was seen before. */
  #possible(name: string, loadsBefore: number): readonly ImageId[] {
    const holders = this.#holdersOf(name);
    const loaded = this.#loads.slice(holders?.loadsBefore ?? 0, loadsBefore);
    const seen = new Set([...(holders?.images ?? []), ...loaded]);
    // One that came by a load, unless it was given to an image that was not listed yet when the window began.
    const isNew = holders === undefined && loaded.length > 0 && this.#continuous && !this.#start.isUnknown;
    if (holders?.certain !== true)
      for (const image of isNew ? this.#start.newcomers : this.#mayHaveLost(name)) seen.add(image);
    return [...seen];
  }

  #holdersOf(name: string): Holders | undefined {
    return this.#holders.get(name) ?? this.#holdersAtStart(name);
  }

  #holdersAtStart(name: string): Holders | undefined {
    const holder = this.#start.imageOf(name);
    if (holder === undefined) return undefined;
    const certain = this.#continuous && this.#start.isListed(name);
    return { images: [holder], loadsBefore: 0, certain, movedAt: null };
  }

  /**
   * Images that may have held a name which nobody was seen to hold: those without a tag, those of the same repository,
   * those that are new, and those that gained or lost a name in this window.
   */
  #mayHaveLost(name: string): readonly ImageId[] {
    if (this.#start.isUnknown) return [...this.#listing.images.keys()];
    return [...this.#renamed, ...this.#start.withoutTagOrOf(name), ...this.#start.newcomers];
  }

  /**
   * What names stand for at the end of the window, for the next checkpoint. Where a name moved while the
   * listing was made, the listing may be the older of the two: a `tag` event then says more, and after a `load` or a
   * `pull` it is better to know nothing.
   */
  namesAtEnd(): NamesAtEnd {
    const listedAt = this.#listing.listedAt - listingRaceMs;
    const moved = new Map<string, MovedName>();
    for (const [name, { images, certain, movedAt }] of this.#holders) {
      if (movedAt === null || movedAt < listedAt) continue;
      const isCertain = certain && images.length > 0;
      moved.set(name, { isCertain, images: isCertain ? images : [...(this.#given.get(name) ?? [])] });
    }
    return { isKnown: this.#lastLoadAt < listedAt, moved };
  }
}

/** How far the engine's clock, as estimated from here, may be off. */
export const listingRaceMs = 50;
