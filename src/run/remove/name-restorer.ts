import { eventTime, type EngineEvent } from "../../core/uses/event.js";
import { describeError, Failure } from "../../core/text/failure.js";
import { shortId, toImageId, type ImageId } from "../../core/image/image.js";
import type { OwnTags } from "../../core/image/own-tags.js";
import { canonicalNameOf } from "../../core/image/reference.js";
import type { Engine } from "../../engine/port.js";
import type { EngineSession } from "../observe/list.js";

/** False when the engine does not take it. `ownTags` notes what is no use of the image. */
export async function restoreName(
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
  readonly #session: EngineSession;
  readonly #ownTags: OwnTags;
  #open: TakenName[] = [];
  /** Names that are known to be others', and that the engine has not taken yet. */
  readonly #owed = new Map<string, ImageId>();

  constructor(session: EngineSession, ownTags: OwnTags) {
    this.#session = session;
    this.#ownTags = ownTags;
  }

  add(taken: TakenName): void {
    this.#open.push(taken);
  }

  /** Collects from a reading of the engine's events what moved the names that are open now. */
  get moves(): NameMoves {
    return new NameMoves(this.#open);
  }

  /**
   * What cannot be checked now is checked with the next. `seen`: the findings of a reading of the events that has just ended;
   * without it they are read for this alone.
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
    if (seen !== undefined) this.#conclude(seen);
    await this.#returnOwed();
    if (seen !== undefined || this.#open.length === 0) return;
    this.#conclude(await this.#readMoves());
    await this.#returnOwed();
  }

  /** The next reading begins behind this one, and does not report these names again. */
  #conclude({ taken, owners }: NameMoves): void {
    for (const [name, owner] of owners) this.#owed.set(name, owner);
    // What was taken since that reading began stays open.
    this.#open = this.#open.filter((each) => !taken.has(each));
  }

  async #returnOwed(): Promise<void> {
    for (const [name, owner] of this.#owed) {
      if (!(await this.#returnTo(owner, name))) throw cannotReturn(name, owner);
      this.#owed.delete(name);
    }
  }

  /**
   * Gives a name back that was just taken by itself, where the engine's `untag` event says that another image lost it: a load
   * or a pull moves names without any other word. True where that was so. What cannot be read now stays open, for what
   * else tells, and what the engine does not take now is tried again.
   */
  async returnIfOthers({ name, image, since }: TakenName, seen: UntagCount): Promise<boolean> {
    const owner = await this.#loserOf({ name, image, since }, seen);
    if (owner === null || owner === image) return false;
    if ((await this.#session.engine.inspectNames(owner)).kind === "missing") return false;
    if (!(await this.giveBack(owner, name))) this.#owed.set(name, owner);
    return true;
  }

  /** Which image lost it; null where that is not known. */
  async #loserOf(
    { name, image, since }: Pick<TakenName, "name" | "image" | "since">,
    seen: UntagCount,
  ): Promise<ImageId | null> {
    const { engine, description } = this.#session;
    const untags: EngineEvent[] = [];
    try {
      for await (const event of engine.readEvents(description.nowAtMost(), this.#readFrom(since)))
        if (event.type === "image" && event.action === "untag" && eventTime(event) >= since)
          untags.push(event);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return null;
    }
    const imageOf = (event: EngineEvent) => toImageId(event.actorId);
    const own = untags.filter((event) => imageOf(event) === image).length;
    const others = untags.filter((event) => imageOf(event) !== image);
    const isNew = own > seen.own;
    const news = others.slice(seen.others);
    [seen.own, seen.others] = [own, others.length];
    // The containerd store and Podman tell the name, and the classic stores the image's ID in its place.
    const key = canonicalNameOf(name);
    const named = news.filter(({ attributes }) => canonicalNameOf(attributes.name ?? "") === key).at(-1);
    if (named !== undefined) return imageOf(named);
    if (isNew) return image;
    const candidates = new Set(news.map(imageOf));
    const [only = null] = candidates;
    return candidates.size === 1 ? only : null;
  }

  /** False when the engine does not take it. */
  giveBack(id: ImageId, name: string): Promise<boolean> {
    return restoreName(this.#session.engine, id, name, this.#ownTags);
  }

  async #readMoves(): Promise<NameMoves> {
    const { engine, description } = this.#session;
    const { moves } = this;
    try {
      const from = this.#readFrom(Math.min(...this.#open.map(({ since }) => since)));
      for await (const event of engine.readEvents(description.nowAtMost(), from)) moves.see(event);
      return moves;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const names = this.#open.map(({ name }) => name).join(", ");
      const what = `Whether ${names} had just been given to another image is not known`;
      throw new Failure("engine", `${what}: ${describeError(error)}`, { cause: error });
    }
  }

  /** Docker's whole buffer: it is cut at any event with an earlier time. */
  #readFrom(since: number): bigint | null {
    return this.#session.description.eventBufferLimit === null ? logStartOf(since) : null;
  }

  async #returnTo(owner: ImageId, name: string): Promise<boolean> {
    const { kind } = await this.#session.engine.inspectNames(owner);
    return kind === "missing" || this.giveBack(owner, name);
  }
}

/** How many `untag` events there have been since the removal of an image began. */
export interface UntagCount {
  own: number;
  others: number;
}

/** An event is stamped before it is written, and Podman rounds. */
function logStartOf(since: number): bigint {
  return BigInt(since - 1000) * 1_000_000n;
}

function cannotReturn(name: string, owner: ImageId): Failure {
  return new Failure("engine", `The name ${name} belongs to ${shortId(owner)}, and cannot be given back.`);
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
