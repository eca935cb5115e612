/**
 * Why an image stays. The first ten come from rules; `failed-before` waits for another attempt; the last two say that no
 * limit asks for it (now).
 */
export type KeepReason =
  | "in-use"
  | "parent-of-kept"
  | "name-too-long"
  | "keep-rule"
  | "label"
  | "newest"
  | "local"
  | "recent"
  | "grace"
  | "out-of-scope"
  | "failed-before"
  | "within-limits"
  | "max-removals";

/** Why an image goes. */
export const removeReasons = [
  "age",
  "untagged-age",
  "versions",
  "quota",
  "free",
  "min-free",
  "min-free-inodes",
] as const;

export type RemoveReason = (typeof removeReasons)[number];

export type Verdict =
  | { readonly kind: "keep"; readonly reasons: readonly KeepReason[] }
  | { readonly kind: "remove"; readonly reasons: readonly RemoveReason[] };

/** What became of a planned removal. */
export type Outcome = "removed" | "refused" | "gone" | "failed" | "skipped";

/**
 * What stood between a planned removal and its end. `holder`: somebody holds the image now; `use`: it was used since the plan;
 * `moment`: something else that will have passed by the next run; `image`: the next attempt must be expected to end like
 * this one.
 */
export type Obstacle = "holder" | "use" | "moment" | "image";
