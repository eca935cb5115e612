/** What the two processes of the races say to each other. */
export type Order =
  | { readonly kind: "go"; readonly images: readonly string[]; readonly names: readonly string[] }
  /** Finish what is in hand, say `quiet`, and wait. */
  | { readonly kind: "pause" }
  | { readonly kind: "end" };

export type Message =
  | { readonly kind: "quiet" }
  /** A deed that the engine accepted. */
  | { readonly kind: "did"; readonly deed: string }
  /** From here on the name stands for this image; in the order of the deeds. */
  | { readonly kind: "tagged"; readonly name: string; readonly image: string }
  /**
   * A deed that the engine refused, but may have half done: it moves the name first (moby daemon/images/image_tag.go,
   * TagImageWithReference), and then finds that the image is just being removed.
   */
  | { readonly kind: "tag-refused"; readonly name: string; readonly image: string; readonly reason: string }
  /** A container is there, and its image is not. */
  | { readonly kind: "bereft"; readonly container: string; readonly image: string };
