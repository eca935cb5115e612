import { shortId } from "../core/image.js";
import type { Image } from "../core/image.js";
import { shownTags } from "../core/image-names.js";

/**
 * The name that a person knows an image by, on one line: `app:1 +2` for an image with two more tags,
 * `app@sha256:0123456789ab` for one that is named by digest only, `<none> 0123456789ab` for one without any name.
 */
export function imageName(image: Pick<Image, "id" | "tags" | "digests">): string {
  const [tag, ...furtherTags] = shownTags(image);
  if (tag !== undefined) return withCount(tag, furtherTags.length);
  const [digest, ...furtherDigests] = image.digests;
  if (digest !== undefined) return withCount(shortDigest(digest), furtherDigests.length);
  return `<none> ${shortId(image.id)}`;
}

function withCount(name: string, further: number): string {
  return further === 0 ? name : `${name} +${further}`;
}

function shortDigest(name: string): string {
  return name.replace(/@([^:@]+):([0-9a-f]{12})[0-9a-f]+$/, "@$1:$2");
}
