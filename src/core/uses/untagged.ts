import type { Image } from "../image/image.js";
import type { ImageRecord } from "./checkpoint.js";
import { shownTags } from "../image/shown-names.js";

/** What is pulled by its digest never has a tag, and is no leftover. */
export function isUntagged(image: Image, { wasTagged }: ImageRecord): boolean {
  return (image.digests.length === 0 || wasTagged) && shownTags(image).length === 0;
}
