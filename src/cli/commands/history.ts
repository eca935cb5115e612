import { parsePattern } from "../../core/policy/patterns.js";
import { pastOf, type PastFilter } from "../../core/results/past.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { pullDocument } from "../../report/documents/pull-lines.js";
import { historyDocument } from "../../report/documents/history.js";
import { historyJson } from "../../report/json/history.js";
import { toMoment } from "../options/moment.js";
import type { RawOptions } from "../options/raw-options.js";
import { givenOrDefault, resolveSettings } from "../options/settings.js";
import { present } from "../present.js";
import type { CommandProcess } from "../command-process.js";
import type { Task } from "../task.js";
import { trustedLedgerPath } from "../trusted-files.js";
import { usageFailure } from "../options/usage-failure.js";
import { toMostCount } from "../options/values.js";

/** In a pipe, where reports are left whole: a table of very many rows is of use only as one. */
const usualWidth = 80;

/** `history`: what the ledger remembers. Asks no engine, and reads a copy. */
export function perform(task: Task): Promise<number> {
  const { raw, process } = task;
  const settings = resolveSettings(raw, process);
  const filter = filterOf(raw, process);
  const limit = toMostCount(givenOrDefault(raw, "limit"));
  const ledger = openLedgerInMemory(trustedLedgerPath(task, settings));
  try {
    const pasts = ledger.history().map((history) => pastOf(history, filter));
    const runs = settings.verbosity === "verbose" || filter.patterns !== null ? "all" : "eventful";
    const isPull = raw.flags.pull?.value === true;
    const asked = { ...filter, patterns: raw.words };
    const document = () => (isPull ? pullDocument(pasts) : historyDocument(pasts, { limit, runs, asked }));
    present({ document, json: () => historyJson(pasts), usualWidth }, settings, process);
    return Promise.resolve(0);
  } finally {
    ledger.close();
  }
}

function filterOf({ values, words }: RawOptions, { now }: CommandProcess): PastFilter {
  const at = now();
  const since = values.since === undefined ? null : toMoment(values.since, at);
  const until = values.until === undefined ? null : toMoment(values.until, at);
  if (since !== null && until !== null && since >= until)
    throw usageFailure("--since is not before --until, so there is nothing between them.");
  const patterns = words.map((word) => parsePattern(word, "history"));
  return { since, until, patterns: patterns.length === 0 ? null : patterns };
}
