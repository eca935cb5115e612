/**
 * The seventh step from an empty database to the current schema (see schema.ts). It gives what earlier steps made its
 * room; no earlier step and no migration fills any of it, so whoever reads must take NULL, and an empty table, for "not
 * known yet". Tables that a quiet run has no need of are tables of their own, so that it does not read them.
 */
export const step7 = `
  -- awake_ms: the time that host and engine were awake up to the checkpoint, a clock as observed_ms is one: wall time less
  -- sleep and clock steps, gaps included. Grace goes by it.
  ALTER TABLE engine ADD COLUMN awake_ms INTEGER;
  -- Where its data lies, one line: an engine under another identity above the same place may be the same one.
  ALTER TABLE engine ADD COLUMN place TEXT;
  -- When all images were last listed, how many the engine counted at the checkpoint, and the bytes of all of them.
  ALTER TABLE engine ADD COLUMN listed_at INTEGER;
  ALTER TABLE engine ADD COLUMN counted_images INTEGER CHECK (counted_images >= 0);
  ALTER TABLE engine ADD COLUMN total_bytes INTEGER CHECK (total_bytes >= 0);

  -- The awake clock at the last use, which is 0 as the other two are where is_in_use is 1, and at the first sight.
  ALTER TABLE image ADD COLUMN awake_ms_at_last_use INTEGER;
  ALTER TABLE image ADD COLUMN awake_ms_at_first_sight INTEGER;
  -- Digests of the platform manifests that lie below the ID, a line each, as the containerd store tells them: one ID has
  -- several, and one manifest may lie below several IDs. Empty where a store has none, NULL where nobody has asked.
  ALTER TABLE image ADD COLUMN manifests TEXT;
  -- The tags that an image had last that has none now, a line each; empty where it has one, or none is known.
  ALTER TABLE image ADD COLUMN last_tags TEXT NOT NULL DEFAULT '';
  -- The rest of what the engine lists, where is_listed is 1: then names are as listed, too. labels is a JSON object.
  ALTER TABLE image ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 0 CHECK (is_listed IN (0, 1));
  ALTER TABLE image ADD COLUMN parent_id TEXT;
  ALTER TABLE image ADD COLUMN labels TEXT;
  ALTER TABLE image ADD COLUMN size_bytes INTEGER CHECK (size_bytes >= 0);
  ALTER TABLE image ADD COLUMN created_at INTEGER;
  -- Finds what is due by age without reading the others.
  CREATE INDEX image_due ON image (engine_id, observed_ms_at_last_use) WHERE is_listed = 1 AND is_in_use = 0;

  -- Which image a container uses need not be clear, and its ID may be gone while the container is there: image_ids holds all
  -- that it may be, a line each, the one that the engine names first; empty for a container without an image. manifest is
  -- the digest of the platform manifest that it really uses, typed_name its image as the client wrote it; NULL where
  -- nothing tells.
  CREATE TABLE known_container (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    container_id TEXT NOT NULL,
    image_ids TEXT NOT NULL,
    manifest TEXT,
    typed_name TEXT,
    PRIMARY KEY (engine_id, container_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO known_container (engine_id, container_id, image_ids)
  SELECT engine_id, container_id, image_id FROM container;
  DROP TABLE container;
  ALTER TABLE known_container RENAME TO container;

  -- What the reference of an image mount stood for when its container was first seen: images, a line each.
  CREATE TABLE container_mount (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    container_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    image_ids TEXT NOT NULL,
    PRIMARY KEY (engine_id, container_id, reference)
  ) STRICT, WITHOUT ROWID;

  -- Image IDs that are not listed any more, for as long as a container refers to one: by what they were, the image is found
  -- that is the same one now. top_chain is the chain ID of the topmost layer; manifests and names are as those of images.
  CREATE TABLE vanished_image (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    top_chain BLOB CHECK (length(top_chain) = 32),
    manifests TEXT,
    names TEXT NOT NULL,
    PRIMARY KEY (engine_id, image_id)
  ) STRICT, WITHOUT ROWID;

  -- The containerd store keeps the compressed content of an image beside its unpacked layers. Digests are SHA-256, 32 bytes.
  -- top_layer is the number of a layer; is_unpacked tells whether those layers are there, NULL where nobody knows.
  CREATE TABLE manifest (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    top_layer INTEGER,
    is_unpacked INTEGER CHECK (is_unpacked IN (0, 1)),
    PRIMARY KEY (engine_id, digest)
  ) STRICT, WITHOUT ROWID;

  -- What lies in the content store: compressed layers, configurations, manifests, attestations. is_exact is 0 for bytes that
  -- were inferred.
  CREATE TABLE blob (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    is_exact INTEGER NOT NULL CHECK (is_exact IN (0, 1)),
    PRIMARY KEY (engine_id, digest)
  ) STRICT, WITHOUT ROWID;

  -- Which blobs a manifest needs; layer is the number of the layer that one unpacks to.
  CREATE TABLE manifest_blob (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    manifest BLOB NOT NULL CHECK (length(manifest) = 32),
    ordinal INTEGER NOT NULL,
    blob BLOB NOT NULL CHECK (length(blob) = 32),
    layer INTEGER,
    PRIMARY KEY (engine_id, manifest, ordinal)
  ) STRICT, WITHOUT ROWID;

  -- The last idle times of an image that ended in a use, the latest one last.
  CREATE TABLE idle_time (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    idle_ms INTEGER NOT NULL CHECK (idle_ms >= 0),
    PRIMARY KEY (engine_id, image_id, ordinal)
  ) STRICT, WITHOUT ROWID;

  -- How many idle times of a repository's images ended in a use, by length, as they count at weighed_at: they fade.
  CREATE TABLE idle_bin (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    repository TEXT NOT NULL,
    was_untagged INTEGER NOT NULL CHECK (was_untagged IN (0, 1)),
    bin INTEGER NOT NULL,
    ended REAL NOT NULL CHECK (ended >= 0),
    weighed_at INTEGER NOT NULL,
    PRIMARY KEY (engine_id, repository, was_untagged, bin)
  ) STRICT, WITHOUT ROWID;

  -- Images that were removed: how to get them back, how long they had been idle, and whether they came back. names are those
  -- with a digest, too, a line each; limit_reason is the first reason that it went for.
  CREATE TABLE removed_image (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    removed_at INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    names TEXT NOT NULL,
    repository TEXT,
    was_untagged INTEGER NOT NULL CHECK (was_untagged IN (0, 1)),
    last_used_at INTEGER NOT NULL,
    observed_ms_at_last_use INTEGER NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    limit_reason TEXT NOT NULL,
    returned_at INTEGER,
    returned_bytes INTEGER CHECK (returned_bytes >= 0),
    PRIMARY KEY (engine_id, removed_at, image_id)
  ) STRICT, WITHOUT ROWID;

  -- The log of uses, for trying other limits on the past. An image of the log keeps its number; layers is a JSON list of its
  -- layers, lowest first, each with the beginning of its chain ID and its bytes.
  CREATE TABLE logged_image (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    number INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    repository TEXT,
    layers TEXT NOT NULL,
    PRIMARY KEY (engine_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE use_session (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    began_at INTEGER NOT NULL,
    image_number INTEGER NOT NULL,
    ended_at INTEGER NOT NULL CHECK (ended_at >= began_at),
    PRIMARY KEY (engine_id, began_at, image_number)
  ) STRICT, WITHOUT ROWID;

  -- What the engine said.
  ALTER TABLE failed_removal ADD COLUMN detail TEXT;

  -- The last removals for free space, where they freed nothing.
  CREATE TABLE vain_removals (
    engine_id INTEGER NOT NULL PRIMARY KEY REFERENCES engine ON DELETE CASCADE,
    removals INTEGER NOT NULL CHECK (removals > 0),
    expected_bytes INTEGER NOT NULL CHECK (expected_bytes >= 0),
    free_bytes INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT;

  -- One row: the time of day that the clocks of all engines bear out, and this host's steady clock then.
  CREATE TABLE trusted_time (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 0),
    at INTEGER NOT NULL,
    boot_id TEXT NOT NULL,
    elapsed_ms INTEGER NOT NULL,
    compared_since INTEGER NOT NULL,
    ahead_ms INTEGER NOT NULL CHECK (ahead_ms >= 0)
  ) STRICT;
`;
