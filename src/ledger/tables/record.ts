import type { Database } from "../sqlite/database.js";
import { emptyRecord, type EngineIdentity, type EngineRecord } from "../../core/uses/checkpoint.js";
import { toContainerId, toImageId, type ContainerId, type ImageId } from "../../core/image/image.js";
import { namesIn } from "../../core/image/name-index.js";
import { noReturnNews } from "../../core/returns/return-news.js";
import { readContainers, readVanished, vanishedTable, writeContainers } from "./containers.js";
import { readBlobs, readContents, writeContents } from "./contents.js";
import {
  checkpointIn,
  listingBaseIn,
  originIn,
  selectEngine,
  shownContentIn,
  writeEngine,
} from "./engine-row.js";
import {
  failedRemovalTable,
  readFailedRemovals,
  readVainRemovals,
  writeVainRemovals,
} from "./failed-removals.js";
import { layerTable, readLayers } from "./layer-table.js";
import { readImages, writeImages } from "./images.js";
import { writeReturnNews } from "./returns.js";
import { unknownIn } from "./row-values.js";
import { writeRows } from "./rows.js";
import { changesIn, storedKeyOf } from "./stored-key.js";
import { writeTagsLost, writeUses } from "./use-log.js";
import { readWarnedRules, warnedRuleTable } from "./warned-rules.js";

/**
 * Reads what is known of an engine; an empty record for one never seen.
 *
 * STRICT tables and CHECK constraints vouch for types and for nulls. What else a bit flip or another program's
 * hand may have done to a row is found here: throws a Failure of code `ledger`, which names `path`.
 */
export function readRecord(database: Database, path: string, engine: EngineIdentity): EngineRecord {
  const key = storedKeyOf(database, engine);
  const row = selectEngine(database, key);
  if (row === undefined) {
    return emptyRecord;
  }
  const { engine_id: engineId } = row;
  const toId = (text: string): ImageId => toImageId(text) ?? unknownIn(path, "image ID", text);
  const toContainer = (text: string): ContainerId =>
    toContainerId(text) ?? unknownIn(path, "container ID", text);
  const { isOfOtherStore, movedFrom } = changesIn(key, engine);
  const checkpoint = checkpointIn(row);
  const layers = readLayers(database, path, engineId);
  const blobs = readBlobs(database, path, engineId);
  const contents = readContents(database, path, engineId, { layers, blobs });
  const context = { checkpoint, layers, contents, toId };
  const { images, learned, listed } = readImages(database, path, engineId, context);
  return {
    checkpoint,
    images,
    listed: { images: listed, base: listingBaseIn(row) },
    containers: readContainers(database, engineId, { image: toId, container: toContainer }),
    vanished: readVanished(database, engineId, toId),
    names: namesIn(images),
    layers: { images: learned, layers, blobs, ...shownContentIn(row) },
    failedRemovals: readFailedRemovals(database, path, engineId, toId),
    vainRemovals: readVainRemovals(database, path, engineId),
    warnedRules: readWarnedRules(database, path, engineId),
    chosenByNeedAt: row.chosen_by_need_at === null ? null : Number(row.chosen_by_need_at),
    news: noReturnNews,
    isOfOtherStore,
    ...originIn(row),
    ...(movedFrom === null ? {} : { movedFrom }),
  };
}

/**
 * Brings an engine's rows from one state to another, and touches only rows that differ: most images were not
 * used since the last run. Call it inside a transaction. Returns the engine's row ID, for its history.
 */
export function writeRecord(
  database: Database,
  engine: EngineIdentity,
  before: EngineRecord,
  after: EngineRecord,
): number {
  const engineId = writeEngine(database, engine, after);
  writeImages(database, engineId, before, after);
  writeContainers(database, engineId, before.containers, after.containers);
  writeRows(database, engineId, vanishedTable, before.vanished, after.vanished);
  writeRows(database, engineId, layerTable, before.layers.layers, after.layers.layers);
  writeContents(database, engineId, before.layers, after.layers);
  writeRows(database, engineId, failedRemovalTable, before.failedRemovals, after.failedRemovals);
  writeVainRemovals(database, engineId, before.vainRemovals, after.vainRemovals);
  writeRows(database, engineId, warnedRuleTable, before.warnedRules, after.warnedRules);
  writeReturnNews(database, engineId, before.news, after.news, after.checkpoint?.observedMs ?? 0);
  writeUses(database, engineId, after.news.used.slice(before.news.used.length), after.layers);
  writeTagsLost(database, engineId, after.news.tagsLost.slice(before.news.tagsLost.length));
  return engineId;
}
