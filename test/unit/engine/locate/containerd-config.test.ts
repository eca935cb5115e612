import { describe, expect, it } from "vitest";
import { parseContainerdConfig } from "../../../../src/engine/locate/containerd-config.js";

describe("containerd's configuration", () => {
  it.each<[string, string, string | null]>([
    ["an empty one", "", null],
    ["a root", 'version = 3\nroot = "/data/containerd"\n', "/data/containerd"],
    ["a literal one", "root='/data'", "/data"],
    ["one with a comment behind it", 'root = "/data" # of images', "/data"],
    ["one that is switched off", '# root = "/data"', null],
    ["one of a plugin", '[plugins."io.containerd.internal.v1.opt"]\n  root = "/opt"', null],
    ["one of an entry of a list", '[[streams]]\n  root = "/opt"', null],
    ["an empty root", 'root = ""', null],
  ])("says where the data is: %s", (_, text, root) => {
    expect(parseContainerdConfig(text).root).toBe(root);
  });

  it("names other files, on one line or on several", () => {
    const text = (list: string) => parseContainerdConfig(`version = 2\nimports = ${list}\n[grpc]\n`).imports;
    expect(text("[\"/etc/a.toml\", 'b/*.toml']")).toEqual(["/etc/a.toml", "b/*.toml"]);
    expect(text('[\n  "/etc/a.toml",\n  "/etc/b.toml"\n]')).toEqual(["/etc/a.toml", "/etc/b.toml"]);
    expect(text("[]")).toEqual([]);
  });

  it.each([
    `[plugins."io.containerd.snapshotter.v1.overlayfs"]\n  root_path = "/fast"`,
    `[plugins.'io.containerd.snapshotter.v1.overlayfs']\n  root_path = '/fast'\n  upperdir_label = false`,
    `[plugins]\n  [plugins.overlayfs]\n    root_path = "/fast"`,
  ])("says where a snapshotter has its own place: %j", (text) => {
    expect([...parseContainerdConfig(text).snapshotRoots]).toEqual([["overlayfs", "/fast"]]);
  });
});
