/** The eighth step from an empty database to the current schema (see schema.ts). */
export const step8 = `
  -- Nothing has ever been written into these: what the containerd store keeps belongs to images, as an ID is an index or a manifest.
  DROP TABLE manifest;
  DROP TABLE manifest_blob;
  DROP TABLE blob;

  -- What lies in a content store under its own digest, a SHA-256 of 32 bytes: compressed layers, configurations, manifests. Where
  -- bytes is NULL, it could not be read, and the digest is that of what it is unpacked.
  CREATE TABLE blob (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    bytes INTEGER CHECK (bytes >= 0),
    PRIMARY KEY (engine_id, number)
  ) STRICT, WITHOUT ROWID;

  -- What the containerd store keeps for an image, as it was when the engine listed the image with listed_bytes. unpacked is a JSON
  -- list of its unpacked platforms, each with the number of its topmost layer and the bytes of all; layer_blobs and other_blobs are
  -- such lists of numbers of blobs, that of each layer of image.top_layer or null, and all else; that is NULL where nobody could
  -- read them.
  CREATE TABLE image_content (
    engine_id INTEGER NOT NULL REFERENCES engine ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    listed_bytes INTEGER NOT NULL CHECK (listed_bytes >= 0),
    unpacked TEXT NOT NULL,
    layer_blobs TEXT NOT NULL,
    other_blobs TEXT,
    platform_bytes INTEGER NOT NULL CHECK (platform_bytes >= 0),
    other_bytes INTEGER NOT NULL CHECK (other_bytes >= 0),
    PRIMARY KEY (engine_id, image_id)
  ) STRICT, WITHOUT ROWID;

  -- When a limit first chose by the expected next use; NULL as long as none has.
  ALTER TABLE engine ADD COLUMN chosen_by_need_at INTEGER;

  -- Nothing has ever been written into these, and they do not fit what a log of uses needs.
  DROP TABLE use_session;
  DROP TABLE logged_image;
`;
