import type { EngineRecord } from "./checkpoint.js";
import { recordOf } from "../image/container-record.js";
import { shortId, type ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import { imagesNamed } from "../image/named-images.js";
import { imagesOf, noClues, SameImages, type KnownImages } from "./same-images.js";

/** What is known of images, and of the containers of the checkpoint. */
export type KnownHolders = KnownImages & Pick<EngineRecord, "containers">;

/** Who holds each image now: `container:web`, `mount:web`, `service:shop`. An image that is not in the map is held by nobody. */
export function holdersOf(listing: Listing, known: KnownHolders): ReadonlyMap<ImageId, readonly string[]> {
  const same = new SameImages(listing, known);
  const holders = new Map<ImageId, string[]>();
  const hold = (image: ImageId, holder: string) => {
    const known = holders.get(image);
    if (known === undefined) holders.set(image, [holder]);
    else if (!known.includes(holder)) known.push(holder);
  };
  for (const container of listing.containers.values()) {
    const label = container.name === "" ? shortId(container.id) : container.name;
    const record = recordOf(container, known, listing);
    for (const image of imagesOf(record, same)) hold(image, `container:${label}`);
    for (const images of record.mounts.values()) {
      for (const id of images) for (const image of same.usedBy(id, noClues)) hold(image, `mount:${label}`);
    }
  }
  for (const service of listing.services) {
    for (const reference of service.images) {
      for (const image of imagesNamed(reference, listing, known.names))
        hold(image, `service:${service.name}`);
    }
  }
  return holders;
}
