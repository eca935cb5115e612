import type { Image } from "../image/image.js";

/** A compiled `--keep` or `--only` pattern, or a label rule. */
export interface ImagePattern {
  /** As the user wrote it. */
  readonly text: string;
  /** Where it came from, for messages: `--keep`, `keep.txt:3`, … */
  readonly origin: string;
  readonly speaksOf: "names" | "labels";
  readonly matches: (image: Image) => boolean;
  /** Of one of these lists, all texts are parts of a name, a digest or the ID of each image that matches; null where nothing is known. */
  readonly clues: readonly (readonly string[])[] | null;
}
