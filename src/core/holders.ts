import type { ImageId } from "./image.js";
import { shortId, toImageId } from "./image.js";
import type { Listing } from "./listing.js";
import { canonicalNameOf } from "./reference.js";

/** Who holds each image now: `container:web`, `mount:tools:1`. An image that is not in the map is held by nobody. */
export function holdersOf(
  listing: Listing,
  namesAtCheckpoint: ReadonlyMap<string, ImageId>,
): ReadonlyMap<ImageId, readonly string[]> {
  const holders = new Map<ImageId, string[]>();
  const hold = (image: ImageId, holder: string) => {
    const known = holders.get(image);
    if (known === undefined) holders.set(image, [holder]);
    else if (!known.includes(holder)) known.push(holder);
  };
  for (const container of listing.containers.values()) {
    const label = container.name === "" ? shortId(container.id) : container.name;
    if (container.imageId !== null) hold(container.imageId, `container:${label}`);
    for (const mount of container.imageMounts) {
      for (const image of imagesMounted(mount, listing, namesAtCheckpoint)) hold(image, `mount:${label}`);
    }
  }
  return holders;
}

/**
 * An image mount shows the name that the user gave, never the image (moby keeps the resolved ID to itself), and
 * removing an image by ID does not look at mounts. So every image that the name stands for or stood for is held.
 */
function imagesMounted(
  mount: string,
  listing: Listing,
  namesAtCheckpoint: ReadonlyMap<string, ImageId>,
): Set<ImageId> {
  const images = new Set<ImageId>();
  const id = toImageId(mount);
  if (id !== null) images.add(id);
  const name = canonicalNameOf(mount);
  for (const names of [listing.names, namesAtCheckpoint]) {
    const image = name === null ? undefined : names.get(name);
    if (image !== undefined) images.add(image);
  }
  if (/^[0-9a-f]{6,63}$/.test(mount.replace(/^sha256:/, ""))) {
    for (const image of listing.images.keys()) {
      if (image.startsWith(`sha256:${mount.replace(/^sha256:/, "")}`)) images.add(image);
    }
  }
  return images;
}
