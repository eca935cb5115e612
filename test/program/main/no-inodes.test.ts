import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  canMount,
  freeInodes,
  temporaryFileSystem,
  useUpInodes,
} from "../../support/ledger/temporary-folder.js";
import { runHere } from "../../support/run-cli.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

const mountable = canMount();
if (!mountable) console.warn("Disks without inodes are not tested: no file system can be mounted here.");

/** An engine whose first removal gives inodes back, as it does where images and ledger share a disk. */
async function sharing(folder: string) {
  const practice = await practiceEngine();
  practice.onRequest = (method) => {
    if (method === "DELETE" && existsSync(join(folder, "inodes"))) freeInodes(folder);
    return undefined;
  };
  return practice;
}

describe.skipIf(!mountable)("a host without inodes", () => {
  it.each<[string, boolean]>([
    ["with a ledger of former runs", true],
    ["without one", false],
  ])("gets them back by removals, %s", async (_, isKnown) => {
    const folder = temporaryFileSystem(2048, 30);
    const ledger = join(folder, "state", "ledger.db");
    const practice = await sharing(folder);
    if (isKnown) expect((await runHere([], { host: practice.host, ledger })).exitCode).toBe(0);
    useUpInodes(folder);
    const result = await runHere(removeAll, { host: practice.host, ledger });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toContain("The ledger's disk was full");
    expect(practice.engine.images.size).toBe(0);
    expect((await runHere(["--quiet"], { host: practice.host, ledger })).exitCode).toBe(0);
  });

  it("is told where nothing can go", async () => {
    const folder = temporaryFileSystem(2048, 30);
    const practice = await practiceEngine();
    useUpInodes(folder);
    const result = await runHere([], { host: practice.host, ledger: join(folder, "state", "ledger.db") });
    expect(result.exitCode).toBe(5);
    expect(result.stderr).toMatch(/its disk has no inodes left .*: remove some files there/);
  });
});
