import type { Image } from "./image.js";

/** A compiled `--keep` or `--only` pattern. */
export interface ImagePattern {
  /** As the user wrote it. */
  readonly text: string;
  /** Where it came from, for messages: `--keep`, `keep.txt:3`, … */
  readonly origin: string;
  readonly matches: (image: Image) => boolean;
}

export interface KeepRules {
  readonly patterns: readonly ImagePattern[];
}
