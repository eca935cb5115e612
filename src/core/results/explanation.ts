import type { RemovedOnce } from "./asked-images.js";
import type { ExpectedUse } from "../returns/next-use.js";
import type { Forecast } from "../plan/forecast.js";
import type { RuleCheck } from "../plan/rule-checks.js";
import type { PastRemoval } from "./history.js";
import type { ImageReport, RunReport } from "./run-report.js";

/** Why one image has its verdict, and what would change it. */
export interface Explanation {
  readonly kind: "present";
  /** As it was asked for. */
  readonly word: string;
  readonly image: ImageReport;
  /** When the engine last gave it a name, as far as it was known at first sight; epoch milliseconds. */
  readonly taggedAt: number | null;
  /** Idle time that counts, in milliseconds: that of the most recently used image built on it, where that is less. */
  readonly countedIdleMs: number;
  /** Null where last use decides alone. */
  readonly expectedUse: ExpectedUse | null;
  /** What would be free if this image alone were gone. */
  readonly ownBytes: number;
  readonly checks: readonly RuleCheck[];
  readonly forecast: Forecast;
  /** From which it came back, the newest first. */
  readonly removals: readonly PastRemoval[];
}

/** What is known of an image that was removed and is not there. */
export interface RemovedExplanation extends RemovedOnce {
  readonly kind: "removed";
  readonly word: string;
}

/** In the order of the words; an image that several of them mean stands at the first. */
export type Explained = readonly (Explanation | RemovedExplanation)[];

/** All explanations of one look, with what is common to them. */
export interface Explanations extends Pick<RunReport, "engine" | "policy" | "observation" | "warnings"> {
  readonly explained: Explained;
}
