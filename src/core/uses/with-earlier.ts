import type { ReplayResult } from "./replay.js";
import { laterUse } from "./use.js";

/** A replay with one of events that came before all of its own; null stands for none. */
export function withEarlier(result: ReplayResult, earlier: ReplayResult | null): ReplayResult {
  if (earlier === null) return result;
  const uses = new Map(result.uses);
  for (const [id, use] of earlier.uses)
    if (!result.deleted.has(id)) uses.set(id, laterUse(uses.get(id) ?? use, use));
  const deleted = new Set([...earlier.deleted, ...result.deleted]);
  const ended = new Set([...earlier.ended, ...result.ended]);
  return { ...result, uses, deleted, ended };
}
