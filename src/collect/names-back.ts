import { eventTime } from "../core/event.js";
import { Failure } from "../core/failure.js";
import type { ImageId } from "../core/image.js";
import { toImageId } from "../core/image.js";
import { canonicalNameOf } from "../core/reference.js";
import type { Engine } from "../engine/port.js";
import type { Observer } from "./list.js";

/** How far the engine's clock, as estimated from here, may be off. */
const clockGrainMs = 10;

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

/**
 * No engine removes a name only if it stands for a certain image. Where somebody gave one of these names to another
 * image between the look and the removal, that one has lost it now: the engine's events tell, and it gets it back.
 * `names`: canonical, taken from `image` one by one since `beganAt` (engine time, epoch milliseconds).
 */
export async function returnMovedNames(
  { engine, description }: Observer,
  image: ImageId,
  names: ReadonlySet<string>,
  beganAt: number,
): Promise<void> {
  if (names.size === 0) return;
  try {
    const owners = new Map<string, ImageId>();
    for await (const event of engine.readEvents(description.now() + clockGrainMs)) {
      if (event.type !== "image" || event.action !== "tag" || eventTime(event) < beganAt - clockGrainMs)
        continue;
      const name = canonicalNameOf(event.attributes["name"] ?? "");
      const owner = toImageId(event.actorId);
      if (name !== null && owner !== null && names.has(name)) owners.set(name, owner);
    }
    for (const [name, owner] of owners) {
      if (owner === image || (await engine.inspectNames(owner)) === null) continue;
      await giveNameBack(engine, owner, name);
    }
  } catch (error) {
    // An engine that no longer answers says so at the next call, too.
    if (!(error instanceof Failure)) throw error;
  }
}
