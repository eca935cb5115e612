import type { ImageId } from "./image.js";
import { shortId, toImageId } from "./image.js";
import type { Listing } from "./listing.js";
import type { NameLookup } from "./name-index.js";
import { canonicalNameOf } from "./reference.js";

/** Who holds each image now: `container:web`, `mount:web`, `service:shop`. An image that is not in the map is held by nobody. */
export function holdersOf(
  listing: Listing,
  namesAtCheckpoint: NameLookup,
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
      for (const image of imagesNamed(mount, listing, namesAtCheckpoint)) hold(image, `mount:${label}`);
    }
  }
  for (const service of listing.services) {
    for (const reference of service.images) {
      for (const image of imagesNamed(reference, listing, namesAtCheckpoint))
        hold(image, `service:${service.name}`);
    }
  }
  return holders;
}

/**
 * An image mount and a service show the name that the user gave, never the image (moby keeps a mount's resolved ID to
 * itself), and removing an image by ID looks at neither. So every image that the name stands for or stood for is held;
 * of `app:1@sha256:…`, as Swarm writes it, what the digest stands for and what the tag does.
 */
function imagesNamed(reference: string, listing: Listing, namesAtCheckpoint: NameLookup): Set<ImageId> {
  const images = new Set<ImageId>();
  const [tagged = "", digest = ""] = reference.split("@");
  for (const id of [toImageId(reference), toImageId(digest)]) if (id !== null) images.add(id);
  for (const name of [canonicalNameOf(reference), canonicalNameOf(tagged)]) {
    for (const names of [listing.names, namesAtCheckpoint]) {
      const image = name === null ? undefined : names.get(name);
      if (image !== undefined) images.add(image);
    }
  }
  const digits = reference.replace(/^sha256:/, "");
  if (/^[0-9a-f]{4,63}$/.test(digits)) {
    for (const image of listing.images.keys()) if (image.startsWith(`sha256:${digits}`)) images.add(image);
  }
  return images;
}
