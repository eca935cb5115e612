import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCopy, openFile } from "../../../../src/ledger/sqlite/open-database.js";
import { setJournalMode } from "../../../../src/ledger/file/database-header.js";
import { placePrivateFile } from "../../../../src/ledger/file/private-file.js";
import { migrate, migrations } from "../../../../src/ledger/tables/schema.js";
import { openLedger, openLedgerInMemory } from "../../../../src/ledger/sqlite-ledger.js";
import {
  containerId,
  containerOf,
  engine,
  imageId,
  moment,
  otherEngine,
} from "../../../support/ledger/build-records.js";
import { execute, query } from "../../../support/ledger/query.js";
import { look, temporaryFolder } from "../../../support/ledger/temporary-folder.js";

/** What version 6 wrote: two engines, images, containers and a past. */
const rows = `
  INSERT INTO engine VALUES
    (1, '${engine.key}', ${moment}, 1769853600123456789, 'image', 'pull', 'app:1', 86400000, '5e1f', 3600000),
    (2, '${otherEngine.key}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  INSERT INTO layer VALUES (1, 1, x'${"a".repeat(64)}', NULL, 100);
  INSERT INTO image VALUES
    (1, '${imageId(1)}', 1, 2, 'pull', 3, 'name:app:1', 1, 1, 'app:1', 0, 1, 1, 70),
    (1, '${imageId(2)}', 1, 0, 'in-use', 0, 'container:web', 0, 1, '', 1, 0, NULL, NULL);
  INSERT INTO container VALUES (1, '${containerId(1)}', '${imageId(2)}'), (2, '${containerId(1)}', '${imageId(8)}');
  INSERT INTO failed_removal VALUES (1, '${imageId(1)}', 2, ${moment});
  INSERT INTO leaving_name VALUES (1, '${imageId(1)}', 0, 'app:1');
  INSERT INTO run VALUES (1, 1, 5, 6, 0, 4, 5, 7, 86400000, NULL, NULL, NULL);
  INSERT INTO removal VALUES (1, 0, 6, '${imageId(9)}', 'app:0', 10, 'age', 'removed', NULL);
  INSERT INTO total VALUES ('runs', '0', 3)`;

/** A ledger of this version, which had been of version 6. */
function olderLedger(version: number): {
  readonly folder: string;
  readonly path: string;
  readonly copy: string;
} {
  const folder = temporaryFolder();
  const path = join(folder, "ledger.db");
  const database = openCopy(null);
  migrate(database, migrations.slice(0, 6));
  database.exec(rows);
  migrate(database, migrations.slice(0, version));
  const content = database.serialize();
  database.close();
  setJournalMode(content, "wal");
  placePrivateFile(path, content);
  return { folder, path, copy: `${path}.version-${version}` };
}

const lastVersion = migrations.length - 1;

describe.each([6, lastVersion])("a ledger of version %i", (version) => {
  it("is taken over whole: uses, layers, containers, failures, names that were leaving, the past", () => {
    const { path } = olderLedger(version);
    const ledger = openLedger(path);
    const { checkpoint, images, containers, vanished, layers, failedRemovals } = ledger.load(engine);
    expect(checkpoint).toMatchObject({ at: moment, observedMs: 86_400_000 });
    expect(images.get(imageId(1))).toMatchObject({ lastUsedAt: 2, lastUseBy: "name:app:1", names: "app:1" });
    expect(images.get(imageId(2))).toMatchObject({ lastUsedAt: moment, lastUseKind: "in-use" });
    expect(containers).toEqual(new Map([[containerId(1), containerOf({ images: [imageId(2)] })]]));
    expect(vanished.size).toBe(0);
    // Nobody has asked for its manifests yet.
    expect(layers.images).toEqual(new Map([[imageId(1), { top: 1, taggedAt: 70, content: null }]]));
    expect(failedRemovals.get(imageId(1))).toEqual({ failures: 2, lastFailedAt: moment, detail: null });
    expect(ledger.leavingNames(engine)).toEqual(new Map([[imageId(1), ["app:1"]]]));
    expect(ledger.load(otherEngine).containers.get(containerId(1))?.images).toEqual([imageId(8)]);
    ledger.close();
    expect(query(path, "SELECT count(*) AS removals FROM removal")).toEqual([{ removals: 1 }]);
  });

  it("is kept beside the file, private, as it was", () => {
    const { path, copy } = olderLedger(version);
    const before = query(path, "SELECT * FROM container");
    openLedger(path).close();
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(query(copy, "PRAGMA user_version")).toEqual([{ user_version: version }]);
    expect(query(copy, "SELECT * FROM container")).toEqual(before);
  });

  it("is kept with what a killed run had left in its log", () => {
    const { path, copy } = olderLedger(version);
    const writer = openFile(path, 0);
    writer.pragma("journal_mode = WAL");
    writer.exec(`DELETE FROM container WHERE engine_id = 2`);
    const log = readFileSync(`${path}-wal`);
    const main = readFileSync(path);
    writer.close();
    writeFileSync(path, main);
    writeFileSync(`${path}-wal`, log);
    openLedger(path).close();
    expect(query(copy, "SELECT count(*) AS left FROM container")).toEqual([{ left: 1 }]);
  });

  it("stays as it is, without a copy, where nothing may be written", () => {
    const { folder, path } = olderLedger(version);
    const before = look(folder);
    const ledger = openLedgerInMemory(path);
    expect(ledger.load(engine).containers.size).toBe(1);
    ledger.close();
    expect(look(folder)).toEqual(before);
  });

  it("stays as it is where it cannot be taken over", () => {
    const { folder, path } = olderLedger(version);
    execute(path, "DROP TABLE container");
    const before = look(folder);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(look(folder)).toEqual(before);
  });

  it("is copied once: the next run of the same program keeps nothing", () => {
    const { path, copy } = olderLedger(version);
    openLedger(path).close();
    const before = statSync(copy).mtimeMs;
    openLedger(path).close();
    expect(statSync(copy).mtimeMs).toBe(before);
  });
});

describe("a ledger of a later version", () => {
  const newer = (path: string) => execute(path, "PRAGMA user_version = 99");

  it("is refused with the copy to go back to, which works once it is in its place", () => {
    const { path, copy } = olderLedger(lastVersion);
    openLedger(path).close();
    newer(path);
    expect(() => openLedger(path)).toThrow(
      `has schema version 99, and this program knows versions up to ${migrations.length}: upgrade docker-gc, ` +
        `or move ${copy} into its place (and ${path}-wal away), which is the ledger as it was before the upgrade.`,
    );
    renameSync(copy, path);
    openLedger(path).close();
    expect(existsSync(copy)).toBe(true);
  });

  it("is refused without one where there is none", () => {
    const path = join(temporaryFolder(), "ledger.db");
    openLedger(path).close();
    newer(path);
    expect(() => openLedger(path)).toThrow(/upgrade docker-gc, or name another file with --ledger\.$/);
  });
});

it("a new ledger has no copy beside it", () => {
  const folder = temporaryFolder();
  openLedger(join(folder, "ledger.db")).close();
  expect(Object.keys(look(folder))).toEqual([".", "ledger.db"]);
});
