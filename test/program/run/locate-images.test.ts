import { mkdirSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locateImages, type ImagesPlace } from "../../../src/run/observe/locate-images.js";
import type { Image, ImageId } from "../../../src/core/image/image.js";
import type { Engine, EngineDescription, ImageAnswer, ImageDetails } from "../../../src/engine/port.js";
import { canMount, temporaryFileSystem } from "../../support/ledger/temporary-folder.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const hex = (digit: string) => digit.repeat(64);
const image = (digit: string) => ({ id: `sha256:${hex(digit)}` as ImageId }) as Image;

type Store = EngineDescription["imageStore"];

interface Asked {
  readonly store?: Store;
  readonly root: string;
  readonly images?: readonly Image[];
  /** What details say of each image in turn. */
  readonly folders?: readonly (string | null)[];
}

const missing: ImageAnswer<ImageDetails> = { kind: "missing" };

/** On a host whose files and processes are in this folder. */
function locate(host: string, { store = { kind: "engine" }, root, images = [], folders = [] }: Asked) {
  const left = [...folders];
  const inspectDetails = () => {
    const folder = left.shift();
    if (folder === undefined) return Promise.resolve(missing);
    const value = { folder } as ImageDetails;
    return Promise.resolve<ImageAnswer<ImageDetails>>({ kind: "found", value });
  };
  const description = { imageStore: store, rootDirectory: root } as EngineDescription;
  const view = { root: host, proc: join(host, "proc") };
  return locateImages({ inspectDetails } as Partial<Engine> as Engine, description, images, view);
}

function folder(...parts: readonly string[]): string {
  const path = join(...parts);
  mkdirSync(path, { recursive: true });
  return path;
}

const known = (path: string): ImagesPlace => ({ kind: "known", path });

describe("images that the engine keeps itself", () => {
  it("are below its root, where it does not say or has none", async () => {
    const host = temporaryFolder();
    expect(await locate(host, { root: "/var/lib/docker" })).toEqual(known("/var/lib/docker"));
    const undisclosed = { root: "/var/lib/docker", images: [image("a")], folders: [null] };
    expect(await locate(host, undisclosed)).toEqual(known("/var/lib/docker"));
  });

  it("are below its root where one of them is found there, also beside a damaged one", async () => {
    const root = temporaryFolder();
    const folders = [join(root, "overlay2/a/diff"), folder(root, "overlay2/b/diff")];
    const images = [image("a"), image("b")];
    expect(await locate(root, { root, images, folders })).toEqual(known(root));
  });

  it("are on another host where there is no such folder, whatever is there under the root's name", async () => {
    const root = temporaryFolder();
    const images = [image("a")];
    const place = await locate(root, { root, images, folders: [join(root, "overlay2/a/diff")] });
    expect(place).toMatchObject({ kind: "unknown" });
    expect(place.kind === "unknown" && place.reason).toContain("are not on this host: there is no");
  });

  it.skipIf(!canMount())(
    "are on a disk of their own, as with Podman's imagestore, and stay found there",
    async () => {
      const disk = temporaryFileSystem(1024);
      const layer = folder(disk, "store/overlay/a/diff");
      const place = await locate(disk, { root: temporaryFolder(), images: [image("a")], folders: [layer] });
      expect(place).toEqual(known(disk));
    },
  );
});

describe("images in a containerd", () => {
  const containerd = { kind: "containerd", snapshotter: "overlayfs", namespace: "moby" } as const;
  const system: Store = { ...containerd, address: "/run/containerd/containerd.sock" };
  const own: Store = { ...containerd, address: "/run/docker/containerd/containerd.sock" };
  const older: Store = { ...containerd, address: null };

  /** A containerd's data with the blobs of these images. */
  function dataWith(path: string, ...digits: readonly string[]): string {
    const blobs = folder(path, "io.containerd.content.v1.content/blobs/sha256");
    for (const digit of digits) writeFileSync(join(blobs, hex(digit)), "");
    folder(path, "io.containerd.snapshotter.v1.overlayfs");
    return path;
  }

  it("of the system are in its usual place", async () => {
    const host = temporaryFolder();
    const data = dataWith(join(host, "var/lib/containerd"), "a");
    expect(await locate(host, { store: system, root: "/r", images: [image("a")] })).toEqual(known(data));
    expect(await locate(host, { store: system, root: "/r" })).toEqual(known(data));
  });

  it("of the system are where its configuration says", async () => {
    const host = temporaryFolder();
    writeFileSync(join(folder(host, "etc/containerd"), "config.toml"), 'root = "/data/c"\n');
    dataWith(join(host, "var/lib/containerd"));
    const data = dataWith(join(host, "data/c"), "a");
    expect(await locate(host, { store: system, root: "/r", images: [image("a")] })).toEqual(known(data));
  });

  it.each<[string, (etc: string) => void]>([
    ["its configuration", (etc) => folder(etc, "config.toml")],
    [
      "a configuration that it imports",
      (etc) => {
        writeFileSync(join(etc, "config.toml"), 'imports = ["more.toml"]\n');
        folder(etc, "more.toml");
      },
    ],
    [
      "a folder of imported ones",
      (etc) => {
        writeFileSync(join(etc, "config.toml"), 'imports = ["/etc/containerd/conf.d/*.toml"]\n');
        writeFileSync(join(etc, "conf.d"), "");
      },
    ],
  ])("are not guessed where %s cannot be read", async (_, spoil) => {
    const host = temporaryFolder();
    dataWith(join(host, "var/lib/containerd"), "a");
    spoil(folder(host, "etc/containerd"));
    for (const images of [[image("a")], []]) {
      const place = await locate(host, { store: system, root: "/r", images });
      expect(place).toMatchObject({ kind: "unknown" });
      expect(place.kind === "unknown" && place.reason).toMatch(
        /^\S+\/etc\/containerd\/(config.toml|more.toml|conf.d) cannot be read, which may say where/,
      );
    }
  });

  it("that the engine has started are below the engine's root", async () => {
    const host = temporaryFolder();
    const root = join(host, "docker");
    const data = dataWith(join(root, "containerd/daemon"), "a");
    dataWith(join(host, "var/lib/containerd"));
    expect(await locate(host, { store: own, root, images: [image("a")] })).toEqual(known(data));
  });

  it("are found by one of them: another may be damaged", async () => {
    const host = temporaryFolder();
    const data = dataWith(join(host, "var/lib/containerd"), "b");
    const images = [image("a"), image("b")];
    expect(await locate(host, { store: system, root: "/r", images })).toEqual(known(data));
  });

  it.each(["a containerd of another host", "nothing"])("are not guessed where there is %s", async (there) => {
    const host = temporaryFolder();
    if (there !== "nothing") dataWith(join(host, "var/lib/containerd"), "f");
    const place = await locate(host, { store: system, root: "/r", images: [image("a")] });
    expect(place).toEqual({
      kind: "unknown",
      reason: `the images of its containerd are not in ${host}/var/lib/containerd`,
    });
  });

  it("of an engine that does not say which are found by themselves, where only one has them", async () => {
    const host = temporaryFolder();
    const root = join(host, "docker");
    const ofSystem = dataWith(join(host, "var/lib/containerd"), "a");
    const ofEngine = dataWith(join(root, "containerd/daemon"), "b");
    const asked = (digit: string) => locate(host, { store: older, root, images: [image(digit)] });
    expect(await asked("a")).toEqual(known(ofSystem));
    expect(await asked("b")).toEqual(known(ofEngine));
    dataWith(ofSystem, "b");
    expect(await asked("b")).toMatchObject({ kind: "unknown" });
    expect(await locate(host, { store: older, root })).toMatchObject({ kind: "unknown" });
  });

  it("may be unpacked in another folder", async () => {
    const host = temporaryFolder();
    const data = dataWith(join(host, "var/lib/containerd"), "a");
    const config = '[plugins."io.containerd.snapshotter.v1.overlayfs"]\nroot_path = "/fast"\n';
    writeFileSync(join(folder(host, "etc/containerd"), "config.toml"), config);
    folder(host, "fast");
    expect(await locate(host, { store: system, root: "/r", images: [image("a")] })).toEqual(known(data));
  });

  it.skipIf(!canMount())(
    "that are unpacked on another disk have no free space that could be told",
    async () => {
      const host = temporaryFolder();
      const data = dataWith(join(host, "var/lib/containerd"), "a");
      const snapshots = join(data, "io.containerd.snapshotter.v1.overlayfs");
      rmdirSync(snapshots);
      symlinkSync(temporaryFileSystem(1024), snapshots);
      const place = await locate(host, { store: system, root: "/r", images: [image("a")] });
      expect(place).toMatchObject({ kind: "unknown" });
      expect(place.kind === "unknown" && place.reason).toContain("its images are on two filesystems");
    },
  );
});
