import type { SteadyClock } from "../core/checkpoint.js";
import type { Image } from "../core/image.js";
import type { Listing } from "../core/listing.js";
import { createListing } from "../core/listing.js";
import type { Engine, EngineDescription } from "../engine/port.js";

/** Whom an observation asks, and by which clocks it measures. */
export interface Observer {
  readonly engine: Engine;
  readonly description: EngineDescription;
  readonly steadyClock: () => SteadyClock;
}

/** Images first, so that a container that is created meanwhile is seen with the image that it needs. */
export async function list(observer: Observer): Promise<Listing> {
  const listedAt = observer.description.now();
  return listUsers(observer, await observer.engine.listImages(), listedAt);
}

/** Everything that may hold one of these images. */
export async function listUsers(
  { engine, description }: Observer,
  images: readonly Image[],
  listedAt: number,
): Promise<Listing> {
  const containers = await engine.listContainers();
  const services = description.isSwarmManager ? await engine.listServices() : [];
  return createListing(images, containers, services, listedAt);
}
