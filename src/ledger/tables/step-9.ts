/** The ninth step from an empty database to the current schema (see schema.ts). */
export const step9 = `
  -- What images were used when, for what-if: images by number, by the last 8 bytes of the digests of their IDs, and likewise of
  -- the chain IDs of their layers. own_bytes is what an image has beside the layers that are known; untagged_at is when it was
  -- seen to have lost its last tag, NULL as long as it has one.
  CREATE TABLE logged_image (
    number INTEGER PRIMARY KEY,
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image BLOB NOT NULL CHECK (length(image) = 8),
    repository TEXT NOT NULL,
    top_layer BLOB CHECK (length(top_layer) = 8),
    own_bytes INTEGER NOT NULL CHECK (own_bytes >= 0),
    untagged_at INTEGER,
    UNIQUE (engine_id, image)
  ) STRICT;
  CREATE TABLE logged_layer (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    layer BLOB NOT NULL CHECK (length(layer) = 8),
    below BLOB CHECK (length(below) = 8),
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    PRIMARY KEY (engine_id, layer)
  ) STRICT, WITHOUT ROWID;
  -- ended_at is NULL as long as the image is in use. Uses less than an hour apart are one session.
  CREATE TABLE use_session (
    image_number INTEGER NOT NULL REFERENCES logged_image ON DELETE CASCADE,
    began_at INTEGER NOT NULL,
    ended_at INTEGER CHECK (ended_at >= began_at),
    PRIMARY KEY (image_number, began_at)
  ) STRICT, WITHOUT ROWID;
  -- Each run forgets what is too old, however much there is.
  CREATE INDEX use_session_end ON use_session (ended_at) WHERE ended_at IS NOT NULL;

  -- What removals have shown of content that could not be read: how much images share of what they can, between 0 and 1, and bytes
  -- that stay with them and that none is known to have; NULL as long as none has.
  ALTER TABLE engine ADD COLUMN sharing REAL CHECK (sharing BETWEEN 0 AND 1);
  ALTER TABLE engine ADD COLUMN unknown_bytes INTEGER CHECK (unknown_bytes >= 0);

  -- The bytes of all images at the end of a run, and its quota; NULL where it was not written down, or there was none.
  ALTER TABLE run ADD COLUMN image_bytes INTEGER CHECK (image_bytes >= 0);
  ALTER TABLE run ADD COLUMN quota_bytes INTEGER CHECK (quota_bytes IS NULL OR (quota_bytes >= 0 AND image_bytes >= 0));

  -- What an image is left alone for: NULL for a removal that failed, else that no registry was known to have it.
  ALTER TABLE failed_removal ADD COLUMN cause TEXT CHECK (cause = 'registry');

  -- In how much observed time the next use of an image was expected when a limit took it; NULL where it chose by last use, or
  -- where no further use was expected.
  ALTER TABLE removed_image ADD COLUMN expected_ms INTEGER CHECK (expected_ms >= 0);

  -- Beside place, which is the ID of the engine's network "host", empty where it does not tell one: the name of its host, and IDs and
  -- names of hosts that it had before, a line each. NULL as long as nobody has asked.
  ALTER TABLE engine ADD COLUMN host_name TEXT;
  ALTER TABLE engine ADD COLUMN former TEXT;
`;
