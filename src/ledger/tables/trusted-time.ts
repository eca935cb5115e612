import type { Database } from "../sqlite/database.js";
import type { SteadyClock } from "../../core/uses/checkpoint.js";
import { nextTrustedTime, type TrustedTime } from "../../core/uses/trusted-time.js";

interface TrustedRow {
  readonly at: number;
  readonly boot_id: string;
  readonly elapsed_ms: number;
  readonly compared_since: number;
  readonly ahead_ms: number;
}

/** Notes what time it is by the host's clock (epoch milliseconds), and answers with what of that can be trusted. */
export function advanceTrustedTime(database: Database, now: number, steady: SteadyClock): number {
  const trusted = nextTrustedTime(readTrustedTime(database), now, steady);
  writeTrustedTime(database, trusted);
  return Math.min(trusted.at, now);
}

/** Null before the first time. */
function readTrustedTime(database: Database): TrustedTime | null {
  const row = database.prepare<[], TrustedRow>("SELECT * FROM trusted_time").get();
  if (row === undefined) return null;
  return {
    at: row.at,
    steady: { bootId: row.boot_id, elapsedMs: row.elapsed_ms },
    comparedSince: row.compared_since,
    aheadMs: row.ahead_ms,
  };
}

function writeTrustedTime(database: Database, { at, steady, comparedSince, aheadMs }: TrustedTime): void {
  database
    .prepare("INSERT OR REPLACE INTO trusted_time VALUES (0, ?, ?, ?, ?, ?)")
    .run(at, steady.bootId, steady.elapsedMs, comparedSince, aheadMs);
}
