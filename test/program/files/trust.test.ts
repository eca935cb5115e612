import { chmodSync, chownSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findDistrust, trustedUsers, type Use } from "../../../src/files/trust.js";
import { canMount, mount, temporaryFileSystem } from "../../support/ledger/temporary-folder.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn("Whom files may belong to is not tested: only root can give files away.");

const root = trustedUsers(0, {});

/** A file two folders below the temporary one, all of them root's. */
function scene(): { top: string; folder: string; file: string } {
  const top = temporaryFolder();
  const folder = join(top, "folder");
  const file = join(folder, "file");
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(file, "", { mode: 0o644 });
  return { top, folder, file };
}

describe("who is trusted", () => {
  it("is everybody, for who is not root", () => {
    expect(trustedUsers(1000, { SUDO_UID: "1000" })).toBeNull();
    expect(trustedUsers(null, {})).toBeNull();
    expect(findDistrust("/tmp/x", null, "written")).toBeNull();
  });

  it.each([
    [{}, [0]],
    [{ SUDO_UID: "1000" }, [0, 1000]],
    [{ SUDO_UID: "" }, [0]],
    [{ SUDO_UID: "-1" }, [0]],
    [{ SUDO_UID: "1e3" }, [0]],
  ])("is root, and who asked for it by sudo: %j", (env, users) => {
    expect([...(trustedUsers(0, env) ?? [])]).toEqual(users);
  });
});

describe.skipIf(!isRoot)("what steers root", () => {
  type Spoil = (scene: { top: string; folder: string; file: string }) => void;

  it.each<[string, Spoil]>([
    ["root's", () => undefined],
    ["group-writable for root's group", ({ file }) => chmodSync(file, 0o664)],
    ["in a folder that root's group can write to", ({ folder }) => chmodSync(folder, 0o775)],
    ["in a sticky folder, as in /tmp", ({ folder }) => chmodSync(folder, 0o1777)],
    ["below a sticky folder", ({ top }) => chmodSync(top, 0o1777)],
    ["readable for all", ({ file }) => chmodSync(file, 0o444)],
    ["of another group that cannot write", ({ file }) => chownSync(file, 0, nobody)],
  ])("may be %s", (_, spoil) => {
    const place = scene();
    spoil(place);
    expect(findDistrust(place.file, root, "read")).toBeNull();
  });

  it.each<[string, Spoil, keyof ReturnType<typeof scene>, string, string]>([
    [
      "somebody else's",
      ({ file }) => chownSync(file, nobody, 0),
      "file",
      "belongs to user 65534",
      "chown root",
    ],
    [
      "writable for all",
      ({ file }) => chmodSync(file, 0o646),
      "file",
      "can be changed by anybody",
      "chmod o-w",
    ],
    [
      "writable for another group",
      ({ file }) => {
        chownSync(file, 0, 7);
        chmodSync(file, 0o664);
      },
      "file",
      "can be changed by group 7",
      "chmod g-w",
    ],
    [
      "in somebody else's folder",
      ({ folder }) => chownSync(folder, nobody, 0),
      "folder",
      "belongs to",
      "chown root",
    ],
    ["in a folder for all", ({ folder }) => chmodSync(folder, 0o777), "folder", "by anybody", "chmod o-w"],
    ["below somebody else's", ({ top }) => chownSync(top, nobody, 0), "top", "belongs to", "chown root"],
    ["below a folder for all", ({ top }) => chmodSync(top, 0o757), "top", "by anybody", "chmod o-w"],
    [
      "in a folder of another group",
      ({ folder }) => {
        chownSync(folder, 0, 7);
        chmodSync(folder, 0o775);
      },
      "folder",
      "can be changed by group 7",
      "chmod g-w",
    ],
    [
      "in a sticky folder that is somebody else's",
      ({ folder }) => {
        chmodSync(folder, 0o1777);
        chownSync(folder, nobody, 0);
      },
      "folder",
      "belongs to user 65534",
      "chown root",
    ],
  ])("may not be %s", (_, spoil, at, problem, remedy) => {
    const place = scene();
    spoil(place);
    const found = findDistrust(place.file, root, "read");
    expect(found?.path).toBe(place[at]);
    expect(found?.problem).toContain(problem);
    expect(found?.remedy).toBe(`${remedy} ${place[at]}`);
  });

  it("is not there yet: then its folders count", () => {
    const { folder } = scene();
    expect(findDistrust(join(folder, "new/ledger.db"), root, "written")).toBeNull();
    chmodSync(folder, 0o777);
    expect(findDistrust(join(folder, "new/ledger.db"), root, "written")).toMatchObject({ path: folder });
  });

  it("may belong to the user behind sudo", () => {
    const { file, folder } = scene();
    chownSync(folder, nobody, nobody);
    chownSync(file, nobody, nobody);
    expect(findDistrust(file, trustedUsers(0, { SUDO_UID: String(nobody) }), "read")).toBeNull();
    expect(findDistrust(file, trustedUsers(0, { SUDO_UID: "1234" }), "read")).toMatchObject({ path: folder });
  });

  it("by several names, as a ledger, may not be in a sticky folder: others would take the names beside it", () => {
    const { top, folder, file } = scene();
    chmodSync(folder, 0o1777);
    expect(findDistrust(file, root, "written")).toMatchObject({ path: folder, remedy: null });
    chmodSync(folder, 0o755);
    chmodSync(top, 0o1777);
    expect(findDistrust(file, root, "written")).toBeNull();
  });

  it.each<[string, Use]>([
    ["read", "read"],
    ["written", "written"],
  ])("behind links has each of their folders looked at, and who made the link: %s", (_, use) => {
    const { folder, file } = scene();
    const other = join(temporaryFolder(), "other");
    mkdirSync(other);
    const link = join(other, "link");
    symlinkSync(file, link);
    expect(findDistrust(link, root, use)).toBeNull();
    chmodSync(folder, 0o777);
    expect(findDistrust(link, root, use)).toMatchObject({ path: folder });
    chmodSync(folder, 0o755);
    chmodSync(other, 0o777);
    expect(findDistrust(link, root, use)).toMatchObject({ path: other });
    chmodSync(other, 0o755);
    lchownSync(link, nobody, 0);
    expect(findDistrust(link, root, use)).toMatchObject({
      path: link,
      remedy: `chown --no-dereference root ${link}`,
    });
  });

  it("is not held back by a loop of links, which nothing can be read from", () => {
    const { folder } = scene();
    symlinkSync("loop", join(folder, "loop"));
    expect(findDistrust(join(folder, "loop"), root, "read")).toBeNull();
  });

  it("has its command quoted for the shell", () => {
    const folder = join(temporaryFolder(), "a b'c");
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(findDistrust(join(folder, "file"), root, "read")?.remedy).toMatch(/^chmod o-w '\/.*\/a b'\\''c'$/);
  });
});

describe.skipIf(!isRoot || !canMount())("a mount of its own that is read-only, as a ConfigMap is,", () => {
  it("may be writable for all by its modes", () => {
    const folder = temporaryFileSystem(100);
    const file = join(folder, "config.yaml");
    const data = join(folder, "..2026");
    mkdirSync(data);
    writeFileSync(join(data, "config.yaml"), "", { mode: 0o644 });
    symlinkSync("..2026", join(folder, "..data"));
    symlinkSync("..data/config.yaml", file);
    chmodSync(folder, 0o777);
    expect(findDistrust(file, root, "read")).toMatchObject({ path: folder });
    mount("-o", "remount,ro", folder);
    expect(findDistrust(file, root, "read")).toBeNull();
  });
});
