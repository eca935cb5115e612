import type { ImageFacts } from "../facts/image-facts.js";
import type { ExpectedUses } from "./need-order.js";
import type { RankedImage } from "../facts/order.js";
import type { KeepVerdict, RemoveVerdict, Verdict } from "../rules/verdict.js";

export interface PlannedImage {
  readonly facts: ImageFacts;
  readonly verdict: Verdict;
  /** Bytes that its removal frees, given that everything before it in the plan is gone; 0 for what is kept. */
  readonly freedBytes: number;
  /** What tells when it is expected to be used next; null where nothing had to be chosen by it. */
  readonly expected: ExpectedUses | null;
}

export interface PlannedRemoval extends PlannedImage {
  readonly verdict: RemoveVerdict;
}

export interface PlannedKeep extends PlannedImage {
  readonly verdict: KeepVerdict;
}

export interface PlannedImages {
  /** All of them: least recently used first, and every child before its parents. */
  readonly order: readonly RankedImage[];
  /** In the order in which they go: least recently used or needed last first, children before their parents. */
  readonly removals: readonly PlannedRemoval[];
  /** Most recently used first. */
  readonly keeps: readonly PlannedKeep[];
  /** Bytes of all images together. */
  readonly beforeBytes: number;
  /** Bytes that all removals together free. */
  readonly freedBytes: number;
  /** By how much either may be off, up or down; 0 where the bytes of all images are exact. */
  readonly slack: Readonly<Record<"beforeBytes" | "freedBytes", number>>;
}
