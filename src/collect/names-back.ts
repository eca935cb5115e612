import { eventTime, type EngineEvent } from "../core/event.js";
import { describeError, Failure } from "../core/failure.js";
import { shortId, toImageId, type ImageId } from "../core/image.js";
import type { OwnTags } from "../core/own-tags.js";
import { canonicalNameOf } from "../core/reference.js";
import type { Engine } from "../engine/port.js";
import type { Observer } from "./list.js";

/** False when the engine does not take it. `ownTags` is told of what is no use of the image. */
export async function giveNameBack(
  engine: Engine,
  id: ImageId,
  name: string,
  ownTags: OwnTags,
): Promise<boolean> {
  // Somebody else has given the name away meanwhile: it is theirs.
  if ((await engine.inspectNames(name)).kind !== "missing") return true;
  try {
    await engine.tag(id, name);
    ownTags.note(name, id);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

export interface TakenName {
  readonly name: string;
  readonly image: ImageId;
  /** How it went: it was asked for by itself, or it was the last one, which goes along with its image. */
  readonly how: "alone" | "with-image";
  /** When the removal of the image began: engine time, epoch milliseconds. */
  readonly since: number;
}

/**
 * Names that a run has taken, until it has been seen whose they were. No engine removes a name only if it stands for a
 * certain image, and the removal by ID looks for the names first and then takes them by name, too (moby
 * daemon/images/image_delete.go, removeImageRef). Where somebody gave one of these names to another image between the
 * look and the removal, that one has lost it now: the engine's events tell, and it gets it back.
 */
export class TakenNames {
  readonly #observer: Observer;
  readonly #ownTags: OwnTags;
  #open: TakenName[] = [];

  constructor(observer: Observer, ownTags: OwnTags) {
    this.#observer = observer;
    this.#ownTags = ownTags;
  }

  add(taken: TakenName): void {
    this.#open.push(taken);
  }

  /** For what a reading of the engine's events tells of the names that are open now. */
  get moves(): NameMoves {
    return new NameMoves(this.#open);
  }

  /**
   * What cannot be seen to now stays open, and is looked at again with the next. `seen`: what a reading of the events
   * told that has just ended; without it they are read for this alone.
   */
  async returnMoved(seen?: NameMoves): Promise<void> {
    try {
      await this.settle(seen);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** Throws a Failure of code `engine`, which says what is open, when it cannot be seen to. */
  async settle(seen?: NameMoves): Promise<void> {
    if (this.#open.length === 0) return;
    const { taken, owners } = seen ?? (await this.#readMoves());
    for (const [name, owner] of owners) {
      if (!(await this.#returnTo(owner, name)))
        throw new Failure(
          "engine",
          `The name ${name} belongs to ${shortId(owner)}, and cannot be given back.`,
        );
    }
    // What was taken since that reading began stays open.
    this.#open = this.#open.filter((each) => !taken.has(each));
  }

  /** False when the engine does not take it. */
  giveBack(id: ImageId, name: string): Promise<boolean> {
    return giveNameBack(this.#observer.engine, id, name, this.#ownTags);
  }

  async #readMoves(): Promise<NameMoves> {
    const { engine, description } = this.#observer;
    const { moves } = this;
    try {
      // An event is stamped before it is written, and Podman rounds.
      const from = BigInt(Math.min(...this.#open.map(({ since }) => since)) - 1000) * 1_000_000n;
      for await (const event of engine.readEvents(description.nowAtMost(), from)) moves.see(event);
      return moves;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const names = this.#open.map(({ name }) => name).join(", ");
      const what = `Whether ${names} had just been given to another image is not known`;
      throw new Failure("engine", `${what}: ${describeError(error)}`, { cause: error });
    }
  }

  async #returnTo(owner: ImageId, name: string): Promise<boolean> {
    const { kind } = await this.#observer.engine.inspectNames(owner);
    return kind === "missing" || this.giveBack(owner, name);
  }
}

/** Those to whom one of some names was given since it was taken, as the engine's events tell it, oldest first. */
export class NameMoves {
  readonly taken: ReadonlySet<TakenName>;
  readonly #byName: ReadonlyMap<string, TakenName>;
  readonly #owners = new Map<string, ImageId>();

  constructor(taken: readonly TakenName[]) {
    this.taken = new Set(taken);
    this.#byName = new Map(taken.map((each) => [canonicalNameOf(each.name) ?? each.name, each]));
  }

  get owners(): ReadonlyMap<string, ImageId> {
    return this.#owners;
  }

  see(event: EngineEvent): void {
    const image = event.type === "image" ? toImageId(event.actorId) : null;
    if (image === null) return;
    if (event.action === "untag") this.#seeUntagged(image);
    if (event.action !== "tag") return;
    const name = canonicalNameOf(event.attributes.name ?? "") ?? "";
    const taken = this.#byName.get(name);
    if (taken === undefined || eventTime(event) < taken.since) return;
    if (image === taken.image) this.#owners.delete(name);
    else this.#owners.set(name, image);
  }

  /**
   * Somebody took a name from its new owner on purpose. Of a name that went alone this may have been our own doing; one
   * that goes with an image is said to go from that image.
   */
  #seeUntagged(image: ImageId): void {
    for (const [name, owner] of this.#owners)
      if (owner === image && this.#byName.get(name)?.how === "with-image") this.#owners.delete(name);
  }
}
