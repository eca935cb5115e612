import type { ExpectedUse } from "../returns/next-use.js";
import type { Prospect } from "../plan/prospect.js";
import type { RuleCheck } from "../plan/rule-checks.js";
import type { ImageReport } from "./run-report.js";

/** Why one image has its verdict, and what would change it. */
export interface Explanation {
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
  readonly prospect: Prospect;
}
