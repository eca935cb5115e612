import { attempt } from "../../core/text/attempt.js";
import { append } from "../../core/text/append.js";
import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import type { EngineHistory, PastRemoval, RemovalEntry, RunEntry } from "../../core/results/history.js";
import { toImageId } from "../../core/image/image.js";
import type { Gap, GapCause } from "../../core/uses/observation.js";
import { removeReasons, type Outcome } from "../../core/policy/removal.js";
import { damagedLedger } from "../file/ledger-failure.js";

interface RunRow {
  readonly run_id: number;
  readonly identity: string;
  readonly started_at: number;
  readonly finished_at: number | null;
  readonly exit_code: number | null;
  readonly observed_from: number;
  readonly observed_to: number;
  readonly events: number;
  readonly observed_ms: number;
  readonly gap_from: number | null;
  readonly gap_to: number | null;
  readonly gap_cause: string | null;
  readonly image_bytes: number | null;
  readonly quota_bytes: number | null;
}

interface RemovalRow {
  readonly run_id: number;
  readonly at: number;
  readonly image_id: string;
  readonly names: string;
  readonly freed_bytes: number;
  readonly reasons: string;
  readonly outcome: string;
  readonly detail: string | null;
  readonly returned_at: number | null;
  readonly returned_bytes: number | null;
  readonly last_used_at: number | null;
  readonly expected_ms: number | null;
}

// Records, so that a new word does not compile until it is listed here.
const causes: Readonly<Record<GapCause, true>> = {
  "first-run": true,
  overflow: true,
  restart: true,
  clock: true,
  host: true,
  unknown: true,
};
const outcomes: Readonly<Record<Outcome, true>> = {
  removed: true,
  refused: true,
  gone: true,
  failed: true,
  skipped: true,
};
const selectRemovals = `SELECT removal.*, returned_at, returned_bytes, last_used_at, expected_ms FROM removal JOIN run USING (run_id)
  LEFT JOIN removed_image AS image
    ON image.engine_id = run.engine_id AND image.removed_at = removal.at AND image.image_id = removal.image_id`;
const selectRuns = "SELECT run.*, identity FROM run JOIN engine USING (engine_id)";

/** Null when no run of this engine has ended. Throws as `readHistory` does. */
export function readLastRun(database: Database, path: string, { key }: EngineIdentity): RunEntry | null {
  const row = database
    .prepare<[string], RunRow>(
      `${selectRuns} WHERE identity = ? AND finished_at IS NOT NULL ORDER BY run_id DESC LIMIT 1`,
    )
    .get(key);
  if (row === undefined) return null;
  const removals = database
    .prepare<[number], RemovalRow>(`${selectRemovals} WHERE run_id = ? ORDER BY ordinal`)
    .all(row.run_id);
  return toRun(
    path,
    row,
    removals.map((removal) => toRemoval(path, removal)),
  );
}

/** What really went, the newest first. Throws as `readHistory` does. */
export function readRemovals(database: Database, path: string, { key }: EngineIdentity): PastRemoval[] {
  return database
    .prepare<[string], RemovalRow>(
      `${selectRemovals} WHERE run.engine_id = (SELECT engine_id FROM engine WHERE identity = ?)
         AND outcome IN ('removed', 'gone') ORDER BY run_id DESC, ordinal DESC`,
    )
    .all(key)
    .map((row) => ({ ...toRemoval(path, row), lastUsedAt: row.last_used_at, expectedMs: row.expected_ms }));
}

/** Throws a Failure of code `ledger`, which names `path`, for rows that no docker-gc wrote. */
export function readHistory(database: Database, path: string): EngineHistory[] {
  const removals = new Map<number, RemovalEntry[]>();
  const rows = database.prepare<[], RemovalRow>(`${selectRemovals} ORDER BY run_id, ordinal`);
  for (const row of rows.iterate()) append(removals, row.run_id, toRemoval(path, row));
  const engines = new Map<string, RunEntry[]>();
  const runs = database.prepare<[], RunRow>(`${selectRuns} ORDER BY identity, run_id DESC`);
  for (const row of runs.iterate())
    append(engines, row.identity, toRun(path, row, removals.get(row.run_id) ?? []));
  return [...engines].map(([key, entries]) => ({ engine: { key }, runs: entries }));
}

function toRun(path: string, row: RunRow, removals: readonly RemovalEntry[]): RunEntry {
  return {
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    exitCode: row.exit_code,
    observation: {
      from: row.observed_from,
      to: row.observed_to,
      events: row.events,
      gap: toGap(path, row),
      observedMs: row.observed_ms,
    },
    ...(row.image_bytes === null
      ? {}
      : { space: { imageBytes: row.image_bytes, quotaBytes: row.quota_bytes } }),
    removals,
  };
}

function toGap(path: string, { gap_from, gap_to, gap_cause }: RunRow): Gap | null {
  if (gap_to === null || gap_cause === null) return null;
  return { from: gap_from, to: gap_to, cause: word(path, causes, gap_cause) };
}

function toRemoval(path: string, row: RemovalRow): RemovalEntry {
  return {
    at: row.at,
    imageId: toImageId(row.image_id) ?? reject(path, row.image_id),
    names: texts(path, row.names),
    freedBytes: row.freed_bytes,
    reasons: texts(path, row.reasons).map(
      (reason) => removeReasons.find((each) => each === reason) ?? reject(path, reason),
    ),
    outcome: word(path, outcomes, row.outcome),
    detail: row.detail,
    returned: row.returned_at === null ? null : { at: row.returned_at, bytes: row.returned_bytes ?? 0 },
  };
}

function word<Word extends string>(path: string, words: Readonly<Record<Word, true>>, text: string): Word {
  return Object.hasOwn(words, text) ? (text as Word) : reject(path, text);
}

function texts(path: string, json: string): string[] {
  const found = attempt(() => JSON.parse(json) as unknown, null);
  return Array.isArray(found) && found.every((text) => typeof text === "string") ? found : reject(path, json);
}

function reject(path: string, found: string): never {
  throw damagedLedger(path, `its history has an unknown word, ${JSON.stringify(found)}`);
}
