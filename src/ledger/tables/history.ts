import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import type { PastObservation } from "../../core/uses/coverage.js";
import type { RunEntry } from "../../core/results/history.js";
import { countRemovals } from "./totals.js";

/**
 * Writes a run as far as it has come: a new row, or the same row again. Removals are facts, so only those that
 * the ledger does not have yet are added. Call it inside a transaction.
 */
export function writeRun(database: Database, engineId: number, run: RunEntry): void {
  const runId = upsertRun(database, engineId, run);
  const known = database
    .prepare<[number], { count: number }>("SELECT count(*) AS count FROM removal WHERE run_id = ?")
    .get(runId);
  const insert = database.prepare("INSERT INTO removal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const news = [...run.removals.entries()].slice(known?.count);
  countRemovals(
    database,
    news.map(([, removal]) => removal),
  );
  for (const [ordinal, removal] of news) {
    insert.run(
      runId,
      ordinal,
      removal.at,
      removal.imageId,
      JSON.stringify(removal.names),
      removal.freedBytes,
      JSON.stringify(removal.reasons),
      removal.outcome,
      removal.detail,
    );
  }
}

function upsertRun(database: Database, engineId: number, run: RunEntry): number {
  const { observation } = run;
  const row = database
    .prepare<unknown[], { run_id: number }>(
      `INSERT INTO run (engine_id, started_at, finished_at, exit_code, observed_from, observed_to, events,
         observed_ms, gap_from, gap_to, gap_cause, image_bytes, quota_bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (engine_id, started_at) DO UPDATE SET
         finished_at = excluded.finished_at,
         exit_code = excluded.exit_code,
         observed_from = excluded.observed_from,
         observed_to = excluded.observed_to,
         events = excluded.events,
         observed_ms = excluded.observed_ms,
         gap_from = excluded.gap_from,
         gap_to = excluded.gap_to,
         gap_cause = excluded.gap_cause,
         image_bytes = excluded.image_bytes,
         quota_bytes = excluded.quota_bytes
       RETURNING run_id`,
    )
    .get(
      engineId,
      run.startedAt,
      run.finishedAt,
      run.exitCode,
      observation.from,
      observation.to,
      observation.events,
      observation.observedMs,
      observation.gap?.from ?? null,
      observation.gap?.to ?? null,
      observation.gap?.cause ?? null,
      run.space?.imageBytes ?? null,
      run.space?.quotaBytes ?? null,
    );
  if (row === undefined) {
    throw new Error("An insert with RETURNING returned no row.");
  }
  return row.run_id;
}

/** Times are milliseconds. The order of runs is that of their start. */
export function readObservationBefore(
  database: Database,
  engine: EngineIdentity,
  time: number,
): PastObservation | null {
  const select = (condition: string) =>
    database
      .prepare<unknown[], PastObservation>(
        `SELECT observed_to AS at, run.observed_ms AS observedMs FROM run JOIN engine USING (engine_id)
         WHERE identity = ? ${condition} LIMIT 1`,
      )
      .get(engine.key, ...(condition.includes("?") ? [time] : []));
  const before = select("AND observed_to <= ? ORDER BY started_at DESC");
  return before ?? select("ORDER BY started_at") ?? null;
}

/**
 * Drops runs that ended before this moment (epoch milliseconds), with their removals. A run that was killed
 * has no end and counts from its start.
 */
export function deleteRunsBefore(database: Database, time: number): void {
  database.prepare("DELETE FROM run WHERE coalesce(finished_at, started_at) < ?").run(time);
}

/**
 * Drops all that is known of the engines that were last seen before this moment (epoch milliseconds): hosts that get a new engine
 * for each job would fill the ledger. One that comes back after all is new. `engine` is not among them: it is there now.
 */
export function deleteOtherEnginesBefore(database: Database, time: number, engine: EngineIdentity): void {
  database
    .prepare(
      `DELETE FROM engine WHERE identity <> ? AND checkpoint_at < ? AND NOT EXISTS (
         SELECT 1 FROM run WHERE run.engine_id = engine.engine_id AND coalesce(finished_at, started_at) >= ?)`,
    )
    .run(engine.key, time, time);
}
