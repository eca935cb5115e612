import type { Database } from "../sqlite/database.js";
import type { LayerRecord } from "../../core/layers/layer-record.js";
import type { LoggedTagLoss, LoggedUse } from "../../core/returns/return-news.js";
import type { Span, UsesByImage } from "../../core/results/chronicle.js";
import type { LoggedImage, UseLog } from "../../core/what-if/use-log.js";
import { append } from "../../core/text/append.js";
import { integerOf } from "./row-values.js";

/** Uses of an image that are less than this apart are one session: nothing is removed in the default grace time. Milliseconds. */
const sessionGapMs = 3_600_000;

/** The last bytes of a digest tell layers and images of one engine apart, in a ninth of its text. */
const keyBytes = 8;

/** Adds uses, oldest first, with the layers of what was not used before. Call it inside a transaction. */
export function writeUses(
  database: Database,
  engineId: number,
  used: readonly LoggedUse[],
  layers: LayerRecord,
): void {
  if (used.length === 0) return;
  const lastSession = database.prepare<[number], { began_at: number; ended_at: number | null }>(
    "SELECT began_at, ended_at FROM use_session WHERE image_number = ? ORDER BY began_at DESC LIMIT 1",
  );
  const goOn = database.prepare(
    "UPDATE use_session SET ended_at = ? WHERE image_number = ? AND began_at = ?",
  );
  const begin = database.prepare("INSERT INTO use_session VALUES (?, ?, ?)");
  const numberOf = imageNumbers(database, engineId, layers);
  for (const use of used) {
    const number = numberOf(use);
    const last = lastSession.get(number);
    const isApart = last === undefined || (last.ended_at ?? Infinity) + sessionGapMs <= use.from;
    if (isApart) begin.run(number, use.from, use.to === null ? null : Math.max(use.from, use.to));
    else
      goOn.run(
        use.to === null ? null : Math.max(last.ended_at ?? 0, use.to, last.began_at),
        number,
        last.began_at,
      );
  }
}

/** The number of an image in the log, which is put there where it is not. */
function imageNumbers(database: Database, engineId: number, layers: LayerRecord): (use: LoggedUse) => number {
  const find = database
    .prepare<[number, Buffer], number>("SELECT number FROM logged_image WHERE engine_id = ? AND image = ?")
    .pluck();
  const add = database
    .prepare<unknown[], number>(
      `INSERT INTO logged_image (engine_id, image, repository, top_layer, own_bytes) VALUES (?, ?, ?, ?, ?) RETURNING number`,
    )
    .pluck();
  const addLayer = database.prepare("INSERT OR IGNORE INTO logged_layer VALUES (?, ?, ?, ?)");
  return ({ image, repository, sizeBytes }) => {
    const known = find.get(engineId, keyOf(image));
    if (known !== undefined) return known;
    const top = layers.images.get(image)?.top ?? null;
    let ownBytes = sizeBytes;
    for (
      let next = layers.layers.get(top ?? 0);
      next !== undefined;
      next = layers.layers.get(next.below ?? 0)
    ) {
      const below = layers.layers.get(next.below ?? 0);
      addLayer.run(
        engineId,
        keyOf(next.chainId),
        below === undefined ? null : keyOf(below.chainId),
        next.bytes ?? 0,
      );
      ownBytes -= next.bytes ?? 0;
    }
    const topLayer = layers.layers.get(top ?? 0);
    const topKey = topLayer === undefined ? null : keyOf(topLayer.chainId);
    const number = add.get(engineId, keyOf(image), repository, topKey, Math.max(0, ownBytes));
    if (number === undefined) throw new Error("An insert with RETURNING returned no row.");
    return number;
  };
}

function keyOf(digest: string): Buffer {
  return Buffer.from(digest.slice(-2 * keyBytes).padStart(2 * keyBytes, "0"), "hex");
}

/** Notes which of the images that are logged have a tag. Call it inside a transaction. */
export function writeTagsLost(
  database: Database,
  engineId: number,
  tagsLost: readonly LoggedTagLoss[],
): void {
  if (tagsLost.length === 0) return;
  const note = database.prepare<[number | null, number, Buffer]>(
    "UPDATE logged_image SET untagged_at = ? WHERE engine_id = ? AND image = ?",
  );
  for (const { image, at } of tagsLost) note.run(at, engineId, keyOf(image));
}

/** Drops what was used before this moment alone (epoch milliseconds). */
export function deleteUsesBefore(database: Database, time: number): void {
  const dropped = database
    .prepare<[number]>("DELETE FROM use_session WHERE ended_at < ? RETURNING 1")
    .all(time);
  if (dropped.length === 0) return;
  database.exec(
    `DELETE FROM logged_image WHERE NOT EXISTS (SELECT 1 FROM use_session WHERE image_number = number);
     WITH RECURSIVE held (engine_id, layer) AS (
       SELECT engine_id, top_layer FROM logged_image WHERE top_layer IS NOT NULL
       UNION
       SELECT logged_layer.engine_id, below FROM logged_layer JOIN held USING (engine_id, layer) WHERE below IS NOT NULL
     )
     DELETE FROM logged_layer WHERE (engine_id, layer) NOT IN (SELECT engine_id, layer FROM held)`,
  );
}

/** By engine, as the ledger tells engines apart. Throws a Failure of code `ledger`, which names `path`, for what nobody can have written. */
export function readUseLogs(database: Database, path: string): ReadonlyMap<string, UseLog> {
  const timeOf = (time: number | null) => (time === null ? null : integerOf(path, time));
  const logs = new Map<string, { images: LoggedImage[]; sessions: UseLog["sessions"][number][] }>();
  const engines = new Map(
    database
      .prepare<[], { engine_id: number; identity: string }>(
        "SELECT engine_id, identity FROM engine ORDER BY identity",
      )
      .all()
      .map(({ engine_id, identity }) => [engine_id, identity]),
  );
  const layers = readLayers(database);
  const images = database.prepare<
    [],
    {
      number: number;
      engine_id: number;
      repository: string;
      top_layer: Buffer | null;
      own_bytes: number;
      untagged_at: number | null;
    }
  >(
    "SELECT number, engine_id, repository, top_layer, own_bytes, untagged_at FROM logged_image ORDER BY number",
  );
  const logOf = new Map<number, NonNullable<ReturnType<typeof logs.get>>>();
  for (const row of images.iterate()) {
    const engine = engines.get(row.engine_id) ?? "";
    const log = logs.get(engine) ?? { images: [], sessions: [] };
    logs.set(engine, log);
    logOf.set(row.number, log);
    const chain = chainOf(layers, row.engine_id, row.top_layer);
    const own =
      row.own_bytes > 0 ? [{ name: `image ${row.number}`, bytes: integerOf(path, row.own_bytes) }] : [];
    const { number, repository, untagged_at: untaggedAt } = row;
    log.images.push({ number, repository, layers: [...chain, ...own], untaggedAt: timeOf(untaggedAt) });
  }
  const sessions = database.prepare<[], { image_number: number; began_at: number; ended_at: number | null }>(
    "SELECT image_number, began_at, ended_at FROM use_session ORDER BY began_at, image_number",
  );
  for (const { image_number: image, began_at: from, ended_at: to } of sessions.iterate())
    logOf.get(image)?.sessions.push({ image, from: integerOf(path, from), to: timeOf(to) });
  return logs;
}

/** By engine, and by the last digits of the image's ID. */
export function readUsesByImage(database: Database, path: string): ReadonlyMap<string, UsesByImage> {
  const rows = database.prepare<
    [],
    { identity: string; image: string; began_at: number; ended_at: number | null }
  >(
    `SELECT identity, lower(hex(image)) AS image, began_at, ended_at FROM use_session
     JOIN logged_image ON number = image_number JOIN engine USING (engine_id) ORDER BY began_at`,
  );
  const engines = new Map<string, Map<string, Span[]>>();
  for (const { identity, image, began_at: from, ended_at: to } of rows.iterate()) {
    const uses = engines.get(identity) ?? new Map<string, Span[]>();
    engines.set(identity, uses);
    const span = { from: integerOf(path, from), to: to === null ? null : integerOf(path, to) };
    append(uses, image, span);
  }
  return engines;
}

type StoredLayers = ReadonlyMap<string, { readonly below: Buffer | null; readonly bytes: number }>;

function readLayers(database: Database): StoredLayers {
  const rows = database
    .prepare<[], { engine_id: number; layer: Buffer; below: Buffer | null; bytes: number }>(
      "SELECT * FROM logged_layer",
    )
    .all();
  return new Map(
    rows.map(({ engine_id, layer, below, bytes }) => [
      `${engine_id} ${layer.toString("hex")}`,
      { below, bytes },
    ]),
  );
}

/** Lowest first; a circle, which nobody writes, ends. */
function chainOf(
  layers: StoredLayers,
  engineId: number,
  top: Buffer | null,
): { name: string; bytes: number }[] {
  const chain = new Map<string, number>();
  for (let key = top; key !== null;) {
    const name = key.toString("hex");
    const layer = layers.get(`${engineId} ${name}`);
    if (layer === undefined || chain.has(name)) break;
    chain.set(name, layer.bytes);
    key = layer.below;
  }
  return [...chain].map(([name, bytes]) => ({ name, bytes })).reverse();
}
