import { chmodSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLedger } from "../../../src/ledger/sqlite-ledger.js";
import { engine, record, run } from "../../support/ledger/build-records.js";
import { canStartAsNobody, startChild } from "../../support/ledger/start-child.js";
import { look, temporaryFolder } from "../../support/ledger/temporary-folder.js";

describe("files are for their owner only", () => {
  test("the folder, the file and its log", () => {
    const path = join(temporaryFolder(), "new/folder/ledger.db");
    const ledger = openLedger(path);
    ledger.save(engine, record(), run());
    const mode = (name: string) => (statSync(name).mode & 0o777).toString(8);
    expect([dirname(dirname(path)), dirname(path), path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual([
      "700",
      "700",
      "600",
      "600",
      "600",
    ]);
    ledger.close();
  });

  test("a file that is there keeps its mode", () => {
    const path = join(temporaryFolder(), "ledger.db");
    openLedger(path).close();
    chmodSync(path, 0o640);
    openLedger(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test("a link planted where a new file is prepared is not followed", () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    symlinkSync(join(folder, "victim"), `${path}.new`);
    writeFileSync(join(folder, "victim"), "precious");
    openLedger(path).close();
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("precious");
  });
});

const permissionsBind = canStartAsNobody();
if (!permissionsBind) {
  console.warn("Missing permissions are not tested: only root can read this project.");
}

describe.skipIf(!permissionsBind)("without permission", () => {
  test.each([
    ["to create the file", 0o555, null],
    ["to write the file", 0o777, 0o444],
    ["to read the file", 0o777, 0o000],
    ["to write the folder, where the log has to go", 0o555, 0o666],
  ])("%s, a ledger is refused and left as it is", async (_, folderMode, fileMode) => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    if (fileMode === null) {
      unlinkSync(path);
    } else {
      chmodSync(path, fileMode);
    }
    chmodSync(folder, folderMode);
    const before = look(folder);
    await expect(startChild("save", path, "nobody")).rejects.toThrow(
      /permission is denied .*code: 'ledger'/s,
    );
    expect(look(folder)).toEqual(before);
  });

  test("to write, a copy in memory can still be had", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    const before = look(folder);
    await startChild("save-in-memory", path, "nobody");
    expect(look(folder)).toEqual(before);
  });

  test.each([
    ["write", 0o444],
    ["read", 0o222],
  ])("to %s the lock file, there is no lock", async (_, mode) => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    writeFileSync(`${path}.lock`, "");
    chmodSync(`${path}.lock`, mode);
    chmodSync(folder, 0o777);
    await expect(startChild("hold-lock", path, "nobody")).rejects.toThrow(
      /permission is denied .*code: 'ledger'/s,
    );
  });
});
