import type { Database } from "../sqlite/database.js";
import { applicationId } from "../file/database-header.js";
import { step7 } from "./step-7.js";
import { step8 } from "./step-8.js";
import { step9 } from "./step-9.js";

/**
 * The steps from an empty database to the current schema; the ledger's `user_version` counts those it has
 * taken. A released step never changes: what comes later is a new step at the end. A new word in a column of
 * words (`last_use_kind`) needs one as well, so that older programs refuse the file for its version.
 *
 * All times are epoch milliseconds, all durations milliseconds, all sizes bytes.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE engine (
    engine_id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    checkpoint_at INTEGER,
    anchor_time_nano INTEGER,
    anchor_type TEXT,
    anchor_action TEXT,
    anchor_actor_id TEXT,
    observed_ms INTEGER,
    steady_boot_id TEXT,
    steady_elapsed_ms INTEGER,
    CHECK ((checkpoint_at IS NULL) = (observed_ms IS NULL)),
    CHECK ((checkpoint_at IS NULL) = (steady_boot_id IS NULL)),
    CHECK ((checkpoint_at IS NULL) = (steady_elapsed_ms IS NULL)),
    CHECK (anchor_time_nano IS NULL OR checkpoint_at IS NOT NULL),
    CHECK ((anchor_time_nano IS NULL) = (anchor_type IS NULL)),
    CHECK ((anchor_time_nano IS NULL) = (anchor_action IS NULL)),
    CHECK ((anchor_time_nano IS NULL) = (anchor_actor_id IS NULL))
  ) STRICT;

  CREATE TABLE image (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    last_use_kind TEXT NOT NULL,
    observed_ms_at_last_use INTEGER NOT NULL,
    PRIMARY KEY (engine_id, image_id)
  ) STRICT, WITHOUT ROWID;

  -- What containers and names refer to need not be listed as an image (any more): image_id refers to nothing.
  CREATE TABLE container (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    container_id TEXT NOT NULL,
    image_id TEXT NOT NULL,
    PRIMARY KEY (engine_id, container_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE name (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    name TEXT NOT NULL,
    image_id TEXT NOT NULL,
    PRIMARY KEY (engine_id, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run (
    run_id INTEGER PRIMARY KEY,
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    exit_code INTEGER,
    observed_from INTEGER NOT NULL,
    observed_to INTEGER NOT NULL,
    events INTEGER NOT NULL,
    observed_ms INTEGER NOT NULL,
    gap_from INTEGER,
    gap_to INTEGER,
    gap_cause TEXT,
    UNIQUE (engine_id, started_at)
  ) STRICT;

  CREATE TABLE removal (
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    at INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    names TEXT NOT NULL,
    freed_bytes INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT,
    PRIMARY KEY (run_id, ordinal)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Every layer of an engine's images once, each with the one below it. A chain ID is a SHA-256 of 32 bytes.
  CREATE TABLE layer (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    chain_id BLOB NOT NULL CHECK (length(chain_id) = 32),
    below BLOB CHECK (length(below) = 32),
    bytes INTEGER CHECK (bytes >= 0),
    PRIMARY KEY (engine_id, chain_id)
  ) STRICT, WITHOUT ROWID;

  -- An image whose layers are known; top_layer is NULL for one without layers. It refers to a layer without a
  -- foreign key, which would need an index as large as the table to let a layer go.
  CREATE TABLE learned_image (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    top_layer BLOB CHECK (length(top_layer) = 32),
    tagged_at INTEGER,
    PRIMARY KEY (engine_id, image_id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Images whose removal failed, and how often in a row.
  CREATE TABLE failed_removal (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    failures INTEGER NOT NULL CHECK (failures > 0),
    last_failed_at INTEGER NOT NULL,
    PRIMARY KEY (engine_id, image_id)
  ) STRICT, WITHOUT ROWID;

  -- Names that an image is about to lose one by one. They stay here when a run is killed meanwhile.
  CREATE TABLE leaving_name (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (engine_id, image_id, ordinal)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Which container, name or image the last use was by; NULL where nothing tells.
  ALTER TABLE image ADD COLUMN last_use_by TEXT;
  `,
  `
  -- Whether an image was seen to be pulled or pushed, and whether it ever had a tag. What is not known is 0: it keeps more.
  ALTER TABLE image ADD COLUMN in_registry INTEGER NOT NULL DEFAULT 0 CHECK (in_registry IN (0, 1));
  ALTER TABLE image ADD COLUMN was_tagged INTEGER NOT NULL DEFAULT 0 CHECK (was_tagged IN (0, 1));

  -- Keep rules that matched nothing, and when a run last reported them.
  CREATE TABLE warned_rule (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    rule TEXT NOT NULL,
    warned_at INTEGER NOT NULL,
    PRIMARY KEY (engine_id, rule)
  ) STRICT, WITHOUT ROWID;

  -- Totals over all runs and engines of this ledger, which outlive the history: they only grow.
  CREATE TABLE total (
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (value >= 0),
    PRIMARY KEY (name, label)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- One row for all that is known of an image. Its names are those that the engine listed at the checkpoint, or canonical
  -- ones, a line each; top_layer is NULL for an image without layers, and is_learned is 0 where they are not known.
  -- Where is_in_use is 1, the last use was at the checkpoint, and its own time and clock are 0: while it stays in use, the
  -- row does not change.
  CREATE INDEX name_image ON name (engine_id, image_id);
  ALTER TABLE image ADD COLUMN names TEXT NOT NULL DEFAULT '';
  UPDATE image SET names = coalesce((
    SELECT group_concat(name, char(10)) FROM name
    WHERE name.engine_id = image.engine_id AND name.image_id = image.image_id
  ), '');
  DROP TABLE name;

  -- Layers have numbers, each a higher one than the layer below: images and layers refer to them in a few bytes.
  CREATE INDEX layer_below ON layer (engine_id, below);
  CREATE TABLE layer_number (
    engine_id INTEGER NOT NULL,
    chain_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (engine_id, chain_id)
  ) STRICT, WITHOUT ROWID;
  WITH RECURSIVE placed (engine_id, chain_id, height) AS (
    SELECT engine_id, chain_id, 1 FROM layer WHERE below IS NULL
    UNION
    SELECT layer.engine_id, layer.chain_id, height + 1
    FROM placed JOIN layer ON layer.engine_id = placed.engine_id AND layer.below = placed.chain_id
  )
  INSERT INTO layer_number
  SELECT engine_id, chain_id, row_number() OVER (PARTITION BY engine_id ORDER BY height, chain_id) FROM placed;

  CREATE TABLE numbered_layer (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    chain_id BLOB NOT NULL CHECK (length(chain_id) = 32),
    below INTEGER CHECK (below < number),
    bytes INTEGER CHECK (bytes >= 0),
    PRIMARY KEY (engine_id, number)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO numbered_layer
  SELECT layer.engine_id, own.number, layer.chain_id, lower.number, layer.bytes
  FROM layer
  JOIN layer_number AS own ON own.engine_id = layer.engine_id AND own.chain_id = layer.chain_id
  LEFT JOIN layer_number AS lower ON lower.engine_id = layer.engine_id AND lower.chain_id = layer.below;

  ALTER TABLE image ADD COLUMN is_in_use INTEGER NOT NULL DEFAULT 0 CHECK (is_in_use IN (0, 1));
  ALTER TABLE image ADD COLUMN is_learned INTEGER NOT NULL DEFAULT 0 CHECK (is_learned IN (0, 1));
  ALTER TABLE image ADD COLUMN top_layer INTEGER CHECK (top_layer IS NULL OR is_learned = 1);
  ALTER TABLE image ADD COLUMN tagged_at INTEGER CHECK (tagged_at IS NULL OR is_learned = 1);
  UPDATE image SET is_learned = 1, top_layer = number, tagged_at = learned.tagged_at
  FROM learned_image AS learned
  LEFT JOIN layer_number ON layer_number.engine_id = learned.engine_id AND chain_id = learned.top_layer
  WHERE learned.engine_id = image.engine_id AND learned.image_id = image.image_id
    AND (number IS NOT NULL OR learned.top_layer IS NULL);
  DROP TABLE learned_image;
  DROP TABLE layer_number;
  DROP TABLE layer;
  ALTER TABLE numbered_layer RENAME TO layer;
  `,
  step7,
  step8,
  step9,
];

/**
 * Takes the steps that the database has not taken yet, all or none. It writes even when there is nothing to do:
 * a ledger that cannot be written is found out here, before anything is removed on the strength of it.
 */
export function migrate(database: Database, steps: readonly string[] = migrations): void {
  // A step that rebuilds a table drops the old one, and with foreign keys on, the rows that refer to it. The
  // setting cannot change inside a transaction: https://www.sqlite.org/lang_altertable.html#otheralter
  database.pragma("foreign_keys = OFF");
  database
    .transaction(() => {
      for (const step of steps.slice(Number(database.pragma("user_version", { simple: true })))) {
        database.exec(step);
      }
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${steps.length}`);
    })
    .immediate();
  database.pragma("foreign_keys = ON");
}
