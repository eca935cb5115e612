import type { Finding, FoundConditions, LastingCondition, Memory } from "../core/results/conditions.js";
import { Failure } from "../core/text/failure.js";
import { LedgerLocked } from "../ledger/file/lock.js";

/** A run may take that long. */
const longLockMs = 60 * 60 * 1000;

/** What a run has found that ended with this error; null for an error that is reported whenever it happens. */
export function findingsOfFailure(error: unknown, engine: string, now: number): FoundConditions | null {
  if (!(error instanceof Failure)) return null;
  const present: Finding = { kind: "present", since: null, patienceMs: 0 };
  const isFree = ["ledger-locked", { kind: "absent" }] as const;
  switch (error.code) {
    case "usage":
      return null;
    case "engine":
      return findings(["engine-down", present], isFree);
    case "ledger":
    case "ledger-full":
      return findings(["ledger-unusable", present], isFree);
    case "locked":
      return findings(["ledger-locked", lockFinding(error, engine, now)]);
  }
}

/** A run of the same engine that stays on purpose writes uses down, which is all that others would do. */
function lockFinding(error: Failure, engine: string, now: number): Finding {
  const holder = error instanceof LedgerLocked ? error.holder : null;
  const isExpected = holder?.engine === engine && holder.lingersUntil !== null && holder.lingersUntil > now;
  if (isExpected) return { kind: "absent" };
  return { kind: "present", since: holder?.since ?? null, patienceMs: longLockMs };
}

function findings(...found: readonly (readonly [LastingCondition, Finding])[]): FoundConditions {
  return { found: new Map(found), others: "unknown" };
}

/** Since when a lock is held that has been held for long, epoch milliseconds; else null. */
export function lockedSince(
  error: unknown,
  engine: string,
  memory: Memory | null,
  now: number,
): number | null {
  const finding = error instanceof LedgerLocked ? lockFinding(error, engine, now) : null;
  if (finding?.kind !== "present") return null;
  const since = finding.since ?? memory?.get("ledger-locked")?.since ?? now;
  return now - since >= finding.patienceMs ? since : null;
}
