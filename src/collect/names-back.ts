import { eventTime } from "../core/event.js";
import { describeError, Failure } from "../core/failure.js";
import { shortId, toImageId, type ImageId } from "../core/image.js";
import { canonicalNameOf } from "../core/reference.js";
import type { Engine } from "../engine/port.js";
import type { Observer } from "./list.js";

/** False when the engine does not take it. */
export async function giveNameBack(engine: Engine, id: ImageId, name: string): Promise<boolean> {
  // Somebody else has given the name away meanwhile: it is theirs.
  if ((await engine.inspectNames(name)) !== null) return true;
  try {
    await engine.tag(id, name);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

interface TakenName {
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
  #open: TakenName[] = [];

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  add(taken: TakenName): void {
    this.#open.push(taken);
  }

  /** What cannot be seen to now stays open, and is looked at again with the next. */
  async returnMoved(): Promise<void> {
    try {
      await this.settle();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }

  /** Throws a Failure of code `engine`, which says what is open, when it cannot be seen to. */
  async settle(): Promise<void> {
    if (this.#open.length === 0) return;
    for (const [name, owner] of await this.#ownersNow()) {
      if (!(await this.#giveBack(name, owner)))
        throw new Failure(
          "engine",
          `The name ${name} belongs to ${shortId(owner)}, and cannot be given back.`,
        );
    }
    this.#open = [];
  }

  /** Those to whom one of the names was given meanwhile. */
  async #ownersNow(): Promise<ReadonlyMap<string, ImageId>> {
    const { engine, description } = this.#observer;
    const open = new Map(this.#open.map((taken) => [canonicalNameOf(taken.name) ?? taken.name, taken]));
    const owners = new Map<string, ImageId>();
    try {
      for await (const event of engine.readEvents(description.nowAtMost())) {
        const image = event.type === "image" ? toImageId(event.actorId) : null;
        if (image === null) continue;
        if (event.action === "untag") forgetUntagged(owners, open, image);
        if (event.action !== "tag") continue;
        const name = canonicalNameOf(event.attributes["name"] ?? "") ?? "";
        const taken = open.get(name);
        if (taken === undefined || eventTime(event) < taken.since) continue;
        if (image === taken.image) owners.delete(name);
        else owners.set(name, image);
      }
      return owners;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const names = [...open.values()].map(({ name }) => name).join(", ");
      const what = `Whether ${names} had just been given to another image is not known`;
      throw new Failure("engine", `${what}: ${describeError(error)}`, { cause: error });
    }
  }

  async #giveBack(name: string, owner: ImageId): Promise<boolean> {
    const { engine } = this.#observer;
    return (await engine.inspectNames(owner)) === null || giveNameBack(engine, owner, name);
  }
}

/**
 * Somebody took a name from its new owner on purpose. Of a name that went alone this may have been our own doing; one that
 * goes with an image is said to go from that image.
 */
function forgetUntagged(
  owners: Map<string, ImageId>,
  taken: ReadonlyMap<string, TakenName>,
  image: ImageId,
): void {
  for (const [name, owner] of owners)
    if (owner === image && taken.get(name)?.how === "with-image") owners.delete(name);
}
