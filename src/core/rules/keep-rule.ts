import type { ImageFacts } from "../facts/image-facts.js";
import type { RankedImage } from "../facts/order.js";
import type { ImageId } from "../image/image.js";
import type { Policy } from "../policy/policy.js";

/** One rule that keeps images whatever the limits say. To add one: this value in a file of its own, and the list in keep-rules.ts. */
export interface KeepRule {
  /** Its name in verdicts, JSON and metrics. */
  readonly reason: string;
  /**
   * Where the bytes of what it keeps count. Null for a rule that holds none for itself: every other one is stronger, and what
   * it alone keeps may go as far as the limits are concerned.
   */
  readonly holds: HeldPlace | null;
  /** What ends it: time alone, or somebody who changes something. */
  readonly endsBy: "time" | "change";
  /** Whether `explain` shows it for every image, only where the policy has it, or only for those that it keeps. */
  readonly shown: "always" | "if-set" | "if-it-keeps";
  /** Whether this policy has it at all. */
  readonly isSet: (policy: Policy) => boolean;
  /** Called once for a plan; the result once for each image, in the order of removal. */
  readonly keeps: (scene: RuleScene) => (facts: ImageFacts) => boolean;
  /** What it goes by for one image, for `explain`. */
  readonly finding: (facts: ImageFacts, scene: ExplainScene) => Finding;
}

/**
 * In layers of one image alone: that is in use; that a rule keeps, `--keep`, `--only` and the like; that is among the most
 * recent, or within the grace time.
 */
export type HeldPlace = "inUse" | "byRule" | "recent";

/** What a rule may go by besides the image itself. */
export interface RuleScene {
  /** All images, in the order of removal: every child before its parents. */
  readonly order: readonly RankedImage[];
  readonly present: ReadonlyMap<ImageId, ImageFacts>;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The parents of what stays, as far as the walk through the order has come. */
  readonly parents: ReadonlySet<ImageId>;
}

export interface ExplainScene extends Omit<RuleScene, "parents"> {
  /** What has to stay by the finished plan, most recently used first. */
  readonly staying: readonly ImageFacts[];
}

/** What was compared with the limit, and the limit; holders, children, patterns that were found. */
export interface Finding {
  readonly value?: number | null;
  readonly limit?: number | null;
  readonly unit?: "ms" | "bytes" | "inodes" | "images" | null;
  readonly by?: readonly string[];
}

/** Most rules: always in force, until somebody changes something. */
export const usual = {
  endsBy: "change",
  shown: "always",
  isSet: () => true,
  finding: () => ({}),
} as const satisfies Partial<KeepRule>;
