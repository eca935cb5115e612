import type { SteadyClock } from "../core/checkpoint.js";
import type { Container, Service } from "../core/image.js";
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
  const asked: { users?: Promise<Users> } = {};
  const images = await observer.engine.listImages(() => {
    asked.users = readUsers(observer);
    // Where the images fail, that is what is told.
    asked.users.catch(() => undefined);
  });
  const { containers, services } = await (asked.users ?? readUsers(observer));
  return createListing(images, containers, services, listedAt);
}

/** The same images with everything that may hold one of them now. */
export async function listUsers(observer: Observer, { images, names }: Listing): Promise<Listing> {
  const listedAt = observer.description.now();
  const { containers, services } = await readUsers(observer);
  return { ...createListing([], containers, services, listedAt), images, names };
}

interface Users {
  readonly containers: readonly Container[];
  readonly services: readonly Service[];
}

async function readUsers({ engine, description }: Observer): Promise<Users> {
  const containers = await engine.listContainers();
  return { containers, services: description.isSwarmManager ? await engine.listServices() : [] };
}
