import { join } from "node:path";
import { expect, test } from "vitest";
import { openCopy } from "../../../../src/ledger/sqlite/open-database.js";
import { migrate, migrations } from "../../../../src/ledger/tables/schema.js";
import { setJournalMode } from "../../../../src/ledger/file/database-header.js";
import { placePrivateFile } from "../../../../src/ledger/file/private-file.js";
import { openLedger } from "../../../../src/ledger/sqlite-ledger.js";
import { engine, imageId, otherEngine } from "../../../support/ledger/build-records.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

const chain = (digit: string) => `x'${digit.repeat(64)}'`;
const chainId = (digit: string) => `sha256:${digit.repeat(64)}`;

/** The content of a ledger before layers had numbers: two engines of which each knows its own. */
const rows = `
  INSERT INTO engine (engine_id, identity) VALUES (1, '${engine.key}'), (2, '${otherEngine.key}');
  INSERT INTO image (engine_id, image_id, first_seen_at, last_used_at, last_use_kind, observed_ms_at_last_use)
  SELECT engine_id, column1, 1, 2, 'pull', 3 FROM engine,
    (VALUES ('${imageId(1)}'), ('${imageId(2)}'), ('${imageId(3)}'), ('${imageId(4)}'));
  INSERT INTO name VALUES
    (1, 'docker.io/library/app:1', '${imageId(1)}'),
    (1, 'docker.io/library/app:2', '${imageId(1)}'),
    (1, 'docker.io/library/gone:1', '${imageId(9)}'),
    (2, 'docker.io/library/app:1', '${imageId(2)}');
  -- The highest chain ID is the lowest layer.
  INSERT INTO layer VALUES
    (1, ${chain("f")}, NULL, 100), (1, ${chain("a")}, ${chain("f")}, NULL), (1, ${chain("b")}, ${chain("a")}, 5),
    (1, ${chain("c")}, ${chain("e")}, 7), (2, ${chain("a")}, NULL, 9);
  INSERT INTO learned_image VALUES
    (1, '${imageId(1)}', ${chain("b")}, 70), (1, '${imageId(2)}', NULL, NULL), (1, '${imageId(3)}', ${chain("c")}, 80),
    (2, '${imageId(1)}', ${chain("a")}, NULL)`;

function oldLedger(): string {
  const path = join(temporaryFolder(), "ledger.db");
  const database = openCopy(null);
  migrate(database, migrations.slice(0, 5));
  database.exec(rows);
  const content = database.serialize();
  database.close();
  setJournalMode(content, "wal");
  placePrivateFile(path, content);
  return path;
}

test("a ledger from before layers had numbers is taken over, but for what hangs in the air", () => {
  const ledger = openLedger(oldLedger());
  const { images, names, layers } = ledger.load(engine);
  expect([...images].map(([id, known]) => [id, known.names, known.lastUsedAt])).toEqual([
    [imageId(1), "docker.io/library/app:1\ndocker.io/library/app:2", 2],
    [imageId(2), "", 2],
    [imageId(3), "", 2],
    [imageId(4), "", 2],
  ]);
  expect(names.get("docker.io/library/app:2")).toBe(imageId(1));
  expect(names.size).toBe(2);
  expect([...layers.layers]).toEqual([
    [1, { chainId: chainId("f"), below: null, bytes: 100 }],
    [2, { chainId: chainId("a"), below: 1, bytes: null }],
    [3, { chainId: chainId("b"), below: 2, bytes: 5 }],
  ]);
  // What lies on a layer that is not there is asked for again.
  expect(layers.images).toEqual(
    new Map([
      [imageId(1), { top: 3, taggedAt: 70, content: null }],
      [imageId(2), { top: null, taggedAt: null, content: null }],
    ]),
  );
  const other = ledger.load(otherEngine);
  expect(other.names.get("docker.io/library/app:1")).toBe(imageId(2));
  expect([...other.layers.layers.values()]).toEqual([{ chainId: chainId("a"), below: null, bytes: 9 }]);
  ledger.close();
});
