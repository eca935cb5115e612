import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { underlayConfigFile } from "../../../../../src/cli/options/config-file/underlay.js";
import { temporaryFolder } from "../../../../support/temporary-folder.js";
import { rawOf } from "../../../../support/raw.js";

const patient = new AbortController().signal;

describe("what cannot be a config file is refused", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  const path = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const given = (file: string, uid: number) =>
    underlayConfigFile(rawOf(["--config", file]), { uid, home: "/", env: {} }, patient);

  it("a folder", async () => {
    await expect(given(folder, 0)).rejects.toThrow(
      `${folder}: the config file is a folder; expected a file.`,
    );
  });

  it("more than anybody writes", async () => {
    await expect(given(path("large", "#".repeat(256 * 1024 + 1)), 0)).rejects.toThrow(
      "is too large; expected at most 256 KiB.",
    );
    await expect(given(path("full", "#".repeat(256 * 1024)), 0)).resolves.toBeDefined();
    await expect(given("/dev/zero", 0)).rejects.toThrow("the config file is a device; expected a file.");
  });

  it("what is not UTF-8", async () => {
    await expect(given(path("bytes", Buffer.from([0x71, 0xff])), 0)).rejects.toThrow(
      "is not UTF-8; expected text.",
    );
  });

  it("what may not be read: a loop of links", async () => {
    symlinkSync("loop", join(folder, "loop"));
    await expect(given(join(folder, "loop"), 0)).rejects.toThrow(
      /loop: the config file cannot be read \(ELOOP: .*\); expected/,
    );
  });

  it("for root, what anybody may change", async () => {
    const open = path("open", "quota: 5G\n");
    chmodSync(open, 0o666);
    await expect(given(open, 0)).rejects.toThrow(
      `Root does not take the config file ${open}: it can be changed by anybody; run "chmod o-w ${open}", or give --trust-files.`,
    );
    await expect(given(open, 1000)).resolves.toBeDefined();
    chmodSync(open, 0o664);
    await expect(given(open, 0)).resolves.toBeDefined();
  });
});
