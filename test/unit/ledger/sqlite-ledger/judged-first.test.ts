import { join } from "node:path";
import { expect, test } from "vitest";
import { openLedger } from "../../../../src/ledger/sqlite-ledger.js";
import { execute } from "../../../support/ledger/query.js";
import { look, temporaryFolder } from "../../../support/ledger/temporary-folder.js";

/** A schema step that cannot be taken is found out on the copy. */
test.each(["PRAGMA user_version = 0", "PRAGMA user_version = 1"])(
  "a ledger with a wrong schema version is refused in one line, and stays as it is: %s",
  (spoil) => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    execute(path, spoil);
    const before = look(folder);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => openLedger(path)).toThrow(/^[^\n]+$/);
    expect(look(folder)).toEqual(before);
  },
);
