import type { ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import { listingRaceMs, type NameBinding, type SettledBy } from "./name-history.js";
import type { Subject } from "./named-subjects.js";
import { laterUse, type Use } from "./use.js";

/** What a window of events shows of images: their uses, and whether a registry has them. */
export class CreditedUses {
  /** The latest use of each image that was used. */
  readonly latest = new Map<ImageId, Use>();
  /** When each of them was first used; epoch milliseconds. */
  readonly firstAt = new Map<ImageId, number>();
  readonly inRegistry = new Set<ImageId>();

  credit({ images, binding }: Subject, use: Use): void {
    for (const image of images) this.creditImage(image, use);
    if (binding === null) return;
    binding.latest = laterUse(binding.latest ?? use, use);
    binding.firstAt = Math.min(binding.firstAt ?? use.at, use.at);
    if (binding.candidates !== null) this.#creditBinding(binding);
  }

  creditImage(image: ImageId, use: Use, firstAt = use.at): void {
    this.firstAt.set(image, Math.min(this.firstAt.get(image) ?? firstAt, firstAt));
    this.latest.set(image, laterUse(this.latest.get(image) ?? use, use));
  }

  /** A pull or a push. Where the event gives the name alone, what the registry has is clear once the name is settled. */
  creditTransfer(subject: Subject, use: Use): void {
    const { images, binding } = subject;
    if (binding !== null) binding.registryAt = use.at;
    else if (images.length === 1) for (const id of images) this.inRegistry.add(id);
    this.credit(subject, use);
  }

  /** `listing`: the newest one. */
  settle(binding: NameBinding, by: SettledBy, { listedAt }: Listing): void {
    this.#creditBinding(binding);
    const { registryAt, candidates } = binding;
    // That an image is in a registry lets `--keep-local` give it up, so doubt counts against it: the name must have stayed
    // until a listing that was begun after the transfer, and may have stood for no other image.
    if (registryAt === null || by !== "listing" || registryAt >= listedAt - listingRaceMs) return;
    const [only] = candidates ?? [];
    if (only !== undefined && candidates?.length === 1) this.inRegistry.add(only);
  }

  #creditBinding({ candidates, latest, firstAt }: NameBinding): void {
    if (latest === null || candidates === null) return;
    for (const image of candidates) this.creditImage(image, latest, firstAt ?? latest.at);
  }
}
