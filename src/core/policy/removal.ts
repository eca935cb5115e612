export const removeReasons = [
  "since-mark",
  "age",
  "untagged-age",
  "versions",
  "quota",
  "free",
  "min-free",
  "min-free-inodes",
] as const;

export type RemoveReason = (typeof removeReasons)[number];

export const outcomes = ["removed", "refused", "gone", "failed", "skipped"] as const;

/** What became of a planned removal. */
export type Outcome = (typeof outcomes)[number];

/**
 * What stood between a planned removal and its end. `holder`: somebody holds the image now; `use`: it was used since the plan;
 * `moment`: something else that will have passed by the next run; `image`: the next attempt must be expected to end like
 * this one; `registry`: none is known to have it, so that it could not be pulled again.
 */
export type Obstacle = "holder" | "use" | "moment" | "image" | "registry";
