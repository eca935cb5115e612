/**
 * What happened to an image; `released`: its holder is gone, and nothing says since when, `base`: another one was built
 * on it, `refused`: the engine would not remove it, `recorded`: another tool had written the use down.
 */
export type UseKind =
  | "first-seen"
  | "container-create"
  | "container-start"
  | "container-end"
  | "in-use"
  | "released"
  | "pull"
  | "load"
  | "import"
  | "build"
  | "base"
  | "tag"
  | "push"
  | "refused"
  | "recorded";

export interface Use {
  /** Epoch milliseconds by the engine's clock. */
  readonly at: number;
  readonly kind: UseKind;
  /** What did it, where that is known: `container:web`, `name:app:2`, or `image:sha256:…` for what was built on it. */
  readonly by: string | null;
}

/** The later of two uses; the first one when they are of the same moment, so that replaying twice changes nothing. */
export function laterUse(first: Use, second: Use): Use {
  return second.at > first.at ? second : first;
}
