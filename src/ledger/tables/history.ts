import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import type { PastObservation } from "../../core/uses/coverage.js";
import type { RunEntry } from "../../core/results/history.js";
import { insertRows, upsertRow } from "./rows.js";
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
  const written = known?.count ?? 0;
  const news = run.removals.slice(written);
  countRemovals(database, news);
  const rows = news.map((removal, index) => ({
    run_id: runId,
    ordinal: written + index,
    at: removal.at,
    image_id: removal.imageId,
    names: JSON.stringify(removal.names),
    freed_bytes: removal.freedBytes,
    reasons: JSON.stringify(removal.reasons),
    outcome: removal.outcome,
    detail: removal.detail,
  }));
  insertRows(database, "removal", rows);
}

function upsertRun(database: Database, engineId: number, run: RunEntry): number {
  const { observation, space } = run;
  return upsertRow(database, {
    table: "run",
    id: "run_id",
    key: { engine_id: engineId, started_at: run.startedAt },
    columns: {
      finished_at: run.finishedAt,
      exit_code: run.exitCode,
      observed_from: observation.from,
      observed_to: observation.to,
      events: observation.events,
      observed_ms: observation.observedMs,
      gap_from: observation.gap?.from ?? null,
      gap_to: observation.gap?.to ?? null,
      gap_cause: observation.gap?.cause ?? null,
      image_bytes: space?.imageBytes ?? null,
      quota_bytes: space?.quotaBytes ?? null,
    },
  });
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
