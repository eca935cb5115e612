import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkSpace } from "../../../../src/doctor/checks/space.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

const mebi = 1024 * 1024;

describe("the disk of the ledger", () => {
  const measured = (changes: object) => () =>
    Promise.resolve({
      totalBytes: 100 * mebi,
      freeBytes: 90 * mebi,
      totalInodes: 1000,
      freeInodes: 900,
      ...changes,
    });

  it.each<[string, object, RegExp]>([
    ["has room", {}, /^good .* has 90 MiB free/],
    ["has little room", { freeBytes: 10 * mebi }, /^problem .* only 10 MiB free make room/],
    ["has no inodes", { freeInodes: 3 }, /^problem .* only 3 inodes left/],
    ["counts no inodes", { totalInodes: 0, freeInodes: 0 }, /^good/],
  ])("%s", async (_, changes, expected) => {
    const path = join(temporaryFolder(), "not/there/yet/ledger.db");
    expect(checksText(await checkSpace(path, measured(changes)))).toMatch(expected);
  });

  it("may be one that cannot be measured", async () => {
    expect(checksText(await checkSpace("/l.db", () => Promise.reject(new Error("EIO"))))).toMatch(
      /^skipped .*EIO/,
    );
  });
});
