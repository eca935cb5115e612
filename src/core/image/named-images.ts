import { toImageId, type ImageId } from "./image.js";
import type { Listing } from "./listing.js";
import type { NameLookup } from "./name-index.js";
import { canonicalNameOf } from "./reference.js";

/**
 * An image mount and a service show the name that the user gave, never the image (moby keeps a mount's resolved ID to
 * itself), and removing an image by ID looks at neither. So it may be every image that the name stands for or stood for; of
 * `app:1@sha256:…`, as Swarm writes it, what the digest stands for and what the tag does. Podman takes a short name for one of
 * `localhost`, too, and for any repository that ends with it.
 */
export function imagesNamed(
  reference: string,
  listing: Pick<Listing, "images" | "names">,
  namesAtCheckpoint: NameLookup,
): Set<ImageId> {
  const images = new Set<ImageId>();
  const [tagged = "", digest = ""] = reference.split("@");
  for (const id of [toImageId(reference), toImageId(digest)]) if (id !== null) images.add(id);
  const spellings = [reference, tagged, `localhost/${reference}`, `localhost/${tagged}`];
  for (const name of new Set(spellings.map(canonicalNameOf))) {
    for (const names of [listing.names, namesAtCheckpoint]) {
      const image = name === null ? undefined : names.get(name);
      if (image !== undefined) images.add(image);
    }
  }
  const digits = reference.replace(/^sha256:/, "");
  if (/^[0-9a-f]{4,63}$/.test(digits)) {
    for (const image of listing.images.keys()) if (image.startsWith(`sha256:${digits}`)) images.add(image);
  }
  return images.size > 0 ? images : imagesEndingWith(reference, listing);
}

function imagesEndingWith(reference: string, { images }: Pick<Listing, "images">): Set<ImageId> {
  const name = canonicalNameOf(`localhost/${reference}`);
  const ending = name === null ? null : name.slice("localhost".length);
  const found = new Set<ImageId>();
  if (ending === null) return found;
  for (const { id, tags, digests } of images.values()) {
    if ([...tags, ...digests].some((listed) => canonicalNameOf(listed)?.endsWith(ending) === true))
      found.add(id);
  }
  return found;
}
