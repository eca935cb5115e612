import type { RuleCheck } from "../../core/plan/rule-checks.js";
import type { Policy } from "../../core/policy/policy.js";
import type { ImageReport } from "../../core/results/run-report.js";
import { expectedCell } from "./expected-text.js";

/** What is said of a reason in a verdict. */
export interface ReasonWords {
  /** Without particulars: `in use`. */
  readonly short: string;
  /** With those of one image: `in use by web`. Absent, or null: the same without. */
  readonly why?: (image: ImageReport, policy: Policy, short: string) => string | null;
}

/** What is said of a rule or a limit in the table of `explain`. */
export interface RuleWords {
  /** The option that sets it, or a name where none does. */
  readonly rule: string;
  /** What was found, and what it was compared with. */
  readonly because: (check: RuleCheck) => string;
  /** Why it is off, where that is not plain. */
  readonly off?: string;
}

/** `within limits, next use in ~3h`, where a limit chose by it. */
export function withExpected({ expectedUse }: ImageReport, _: Policy, short: string): string | null {
  return expectedUse && `${short}, ${expectedCell(expectedUse)}`;
}
