import type { WarnedRules } from "../../core/policy/warned-rules.js";
import type { Database } from "../sqlite/database.js";
import { integerOf } from "./row-values.js";
import { rowsOf, type KeyedTable } from "./rows.js";

export const warnedRuleTable: KeyedTable<number> = {
  table: "warned_rule",
  key: "rule",
  columns: (warnedAt) => [warnedAt],
};

/** Throws a Failure of code `ledger`, which names `path`, for a time that nobody can have written. */
export function readWarnedRules(database: Database, path: string, engineId: bigint): WarnedRules {
  const rows = rowsOf<readonly [string, number]>(database, engineId, "rule, warned_at", "warned_rule");
  return new Map([...rows].map(([rule, warnedAt]) => [rule, integerOf(path, warnedAt)]));
}
