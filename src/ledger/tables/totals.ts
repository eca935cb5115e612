import type { Database } from "../sqlite/database.js";
import { cameThrough } from "../../core/results/exit-code.js";
import type { RemovalEntry } from "../../core/results/history.js";
import type { ReturnedImage } from "../../core/returns/return-news.js";
import type { Totals } from "../../core/results/totals.js";

type TotalName =
  | "runs"
  | "outcomes"
  | "removed-images"
  | "freed-bytes"
  | "returned-images"
  | "returned-bytes"
  | "unwritten-metrics"
  | "last-success-at";

/** Call it inside the transaction that writes the removals, so that each counts once whatever kills the program. */
export function countRemovals(database: Database, removals: readonly RemovalEntry[]): void {
  for (const { outcome, reasons, freedBytes } of removals) {
    add(database, "outcomes", outcome, 1);
    const [reason] = reasons;
    if (outcome !== "removed" || reason === undefined) continue;
    add(database, "removed-images", reason, 1);
    add(database, "freed-bytes", reason, freedBytes);
  }
}

/** Likewise inside the transaction that writes them down. */
export function countReturns(database: Database, returned: readonly ReturnedImage[]): void {
  for (const {
    removed: { reason, bytes },
  } of returned) {
    add(database, "returned-images", reason, 1);
    add(database, "returned-bytes", reason, bytes);
  }
}

/** `at`: epoch milliseconds; `inPlaceOf`: the exit code that the same run was counted with before. */
export function countRun(database: Database, exitCode: number, at: number, inPlaceOf: number | null): void {
  if (inPlaceOf !== null) {
    database
      .prepare<[TotalName, string]>("UPDATE total SET value = max(0, value - 1) WHERE name = ? AND label = ?")
      .run("runs", String(inPlaceOf));
  }
  add(database, "runs", String(exitCode), 1);
  if (!cameThrough(exitCode)) return;
  database
    .prepare<[TotalName, number]>("INSERT OR REPLACE INTO total (name, label, value) VALUES (?, '', ?)")
    .run("last-success-at", at);
}

export function countUnwrittenMetrics(database: Database): void {
  add(database, "unwritten-metrics", "", 1);
}

export function readTotals(database: Database): Totals {
  const rows = database
    .prepare<[], { name: TotalName; label: string; value: number }>("SELECT name, label, value FROM total")
    .all();
  const of = (name: TotalName) =>
    new Map(rows.filter((row) => row.name === name).map(({ label, value }) => [label, value]));
  return {
    runs: new Map([...of("runs")].map(([code, count]) => [Number(code), count])),
    // What an unknown label counts is not asked for by anybody.
    outcomes: of("outcomes") as Totals["outcomes"],
    removedImages: of("removed-images") as Totals["removedImages"],
    freedBytes: of("freed-bytes") as Totals["freedBytes"],
    returnedImages: of("returned-images") as Totals["returnedImages"],
    returnedBytes: of("returned-bytes") as Totals["returnedBytes"],
    unwrittenMetrics: of("unwritten-metrics").get("") ?? 0,
    lastSuccessAt: of("last-success-at").get("") ?? null,
  };
}

function add(database: Database, name: TotalName, label: string, amount: number): void {
  database
    .prepare<[TotalName, string, number]>(
      `INSERT INTO total (name, label, value) VALUES (?, ?, ?)
       ON CONFLICT (name, label) DO UPDATE SET value = value + excluded.value`,
    )
    .run(name, label, Math.max(0, amount));
}
