import { parsePattern } from "../../core/policy/patterns.js";
import { pastOf, type PastFilter } from "../../core/results/past.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { pullLines } from "../../report/documents/pull-lines.js";
import { renderHistory } from "../../report/documents/history.js";
import { renderHistoryJson } from "../../report/json/history.js";
import { createPalette } from "../../report/layout/palette.js";
import { toMoment } from "../options/moment.js";
import type { RawOptions } from "../options/raw-options.js";
import { givenOrDefault, resolveSettings } from "../options/settings.js";
import type { Surroundings } from "../surroundings.js";
import type { Task } from "../task.js";
import { trustedLedgerPath } from "../trusted-files.js";
import { usageFailure } from "../options/usage-failure.js";
import { toCount } from "../options/values.js";
import { widthOf } from "../width.js";

/** `history`: what the ledger remembers. Asks no engine, and reads a copy. */
export function perform(task: Task): Promise<number> {
  const { raw, surroundings } = task;
  const settings = resolveSettings(raw, surroundings);
  const filter = filterOf(raw, surroundings);
  const limit = limitOf(raw);
  const ledger = openLedgerInMemory(trustedLedgerPath(task, settings));
  const { stdout, env } = surroundings;
  try {
    const pasts = ledger.history().map((history) => pastOf(history, filter));
    if (settings.output === "json") {
      stdout.write(renderHistoryJson(pasts));
      return Promise.resolve(0);
    }
    if (raw.flags.pull?.value === true) {
      for (const line of pullLines(pasts)) stdout.write(`${line}\n`);
      return Promise.resolve(0);
    }
    const runs = settings.verbosity === "verbose" || filter.patterns !== null ? "all" : "eventful";
    const color = createPalette(settings.color, stdout, env);
    for (const line of renderHistory(pasts, { width: widthOf(stdout), color, limit, runs }))
      stdout.write(`${line}\n`);
    return Promise.resolve(0);
  } finally {
    ledger.close();
  }
}

function filterOf({ values, words }: RawOptions, { now }: Surroundings): PastFilter {
  const at = now();
  const since = values.since === undefined ? null : toMoment(values.since, at);
  const until = values.until === undefined ? null : toMoment(values.until, at);
  if (since !== null && until !== null && since >= until)
    throw usageFailure("--since is not before --until, so there is nothing between them.");
  const patterns = words.map((word) => parsePattern(word, "history"));
  return { since, until, patterns: patterns.length === 0 ? null : patterns };
}

/** Null: no limit. */
function limitOf(raw: RawOptions): number | null {
  const given = givenOrDefault(raw, "limit");
  return given.value === "off" ? null : toCount(given, 1);
}
