import type { SteadyClock } from "../../core/uses/checkpoint.js";
import type { Container, Image, ImageId, Service } from "../../core/image/image.js";
import type { Listing } from "../../core/image/listing.js";
import { createListing } from "../../core/image/listing.js";
import { maySame } from "../../core/uses/same-images.js";
import type { Engine, EngineDescription } from "../../engine/port.js";

/** Whom an observation asks, and by which clocks it measures. */
export interface EngineSession {
  readonly engine: Engine;
  readonly description: EngineDescription;
  readonly steadyClock: () => SteadyClock;
  readonly listing: ListingSettings;
}

/** When all images are listed, where those of the checkpoint could be carried forward. */
export interface ListingSettings {
  readonly asked: "full" | "carried";
  /** Milliseconds after the last time. */
  readonly everyMs: number;
}

export const usualListing: ListingSettings = { asked: "carried", everyMs: 24 * 3_600_000 };

/** Images first, so that a container that is created meanwhile is seen with the image that it needs. */
export async function list(session: EngineSession): Promise<Listing> {
  const listedAt = session.description.now();
  const asked: { users?: Promise<Users> } = {};
  const images = await session.engine.listImages(() => {
    asked.users = readUsers(session);
    // Where the images fail, that is what is reported.
    asked.users.catch(() => undefined);
  });
  const { containers, services } = await (asked.users ?? readUsers(session));
  return createListing(images, await withTypedNames(session, images, containers), services, listedAt);
}

/** These images, with all that may hold one of them now. */
export async function listWith(
  session: EngineSession,
  images: ReadonlyMap<ImageId, Image>,
  listedAt: number,
): Promise<Listing> {
  const { containers, services } = await readUsers(session);
  const all = [...images.values()];
  return createListing(all, await withTypedNames(session, all, containers), services, listedAt);
}

/**
 * Where an image is several IDs (see same-images.ts), one that has vanished under a container is known by its manifest. Before
 * API 1.48, and of containers that are older, engines do not tell it; and in the list they put the ID in place of the name.
 */
async function withTypedNames(
  { engine }: EngineSession,
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

/** Everything that may hold an image. */
export interface Users {
  readonly containers: readonly Container[];
  readonly services: readonly Service[];
}

export async function readUsers({ engine, description }: EngineSession): Promise<Users> {
  const containers = await engine.listContainers();
  return { containers, services: description.isSwarmManager ? await engine.listServices() : [] };
}
