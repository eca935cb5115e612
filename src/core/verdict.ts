/**
 * Why an image stays. The first six come from rules; `failed-before` waits for another attempt; the last two say that no
 * limit asks for it (now).
 */
export type KeepReason =
  | "in-use"
  | "parent-of-kept"
  | "keep-rule"
  | "recent"
  | "grace"
  | "out-of-scope"
  | "failed-before"
  | "within-limits"
  | "max-removals";

/** Why an image goes. */
export type RemoveReason = "age" | "quota" | "min-free" | "min-free-inodes";

export type Verdict =
  | { readonly kind: "keep"; readonly reasons: readonly KeepReason[] }
  | { readonly kind: "remove"; readonly reasons: readonly RemoveReason[] };

/** What became of a planned removal. */
export type Outcome = "removed" | "refused" | "gone" | "failed" | "skipped";
