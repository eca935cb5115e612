import type { SteadyClock } from "../core/checkpoint.js";
import type { Container, Image, Service } from "../core/image.js";
import type { Listing } from "../core/listing.js";
import { createListing } from "../core/listing.js";
import { maySame } from "../core/same-images.js";
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
  return createListing(images, await withTypedNames(observer, images, containers), services, listedAt);
}

/**
 * Where an image is several IDs (see same-images.ts), one that has vanished under a container is known by its manifest. Before
 * API 1.48, and of containers that are older, engines do not tell it; and in the list they put the ID in place of the name.
 */
async function withTypedNames(
  { engine }: Observer,
  images: readonly Image[],
  containers: readonly Container[],
): Promise<readonly Container[]> {
  if (!images.some(maySame)) return containers;
  const listed = new Set(images.map(({ id }) => id));
  const named: Container[] = [];
  for (const container of containers) {
    const { id, imageId, manifest, typedName } = container;
    const isOpen = imageId !== null && !listed.has(imageId) && manifest === null && typedName === null;
    named.push(isOpen ? { ...container, typedName: await engine.readTypedName(id) } : container);
  }
  return named;
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
