/** What is examined, in the order of the report. */
export const checkNames = [
  "engine",
  "rights",
  "call",
  "events",
  "clock",
  "certificate",
  "filesystem",
  "ledger",
  "space",
  "lock",
  "metrics",
  "limits",
  "rule",
  "runs",
  "schedule",
] as const;

export type CheckName = (typeof checkNames)[number];

/** One thing that was looked at. All texts are sentences without a period. */
export type Check = {
  readonly name: CheckName;
  /** Which of several: a call, a file, a rule; null where there is one. */
  readonly subject: string | null;
  readonly found: string;
} & CheckResult;

type CheckResult =
  | { readonly state: "good" }
  /** Not looked at, and `found` says why. */
  | { readonly state: "skipped" }
  | { readonly state: "problem"; readonly remedy: string };

export type CheckState = Check["state"];

/** How a host stands. */
export interface Checkup {
  /** Epoch milliseconds by this host's clock. */
  readonly takenAt: number;
  /** The address of the engine. */
  readonly host: string;
  readonly checks: readonly Check[];
}

export function good(name: CheckName, found: string, subject: string | null = null): Check {
  return { name, subject, found, state: "good" };
}

export function skipped(name: CheckName, found: string, subject: string | null = null): Check {
  return { name, subject, found, state: "skipped" };
}

export function problem(
  name: CheckName,
  found: string,
  remedy: string,
  subject: string | null = null,
): Check {
  return { name, subject, found, state: "problem", remedy };
}

export function problemsIn({ checks }: Checkup): readonly Check[] {
  return checks.filter(({ state }) => state === "problem");
}
