import { hash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toImageId } from "../../../src/core/image/image.js";
import { chainIdsOf } from "../../../src/core/layers/layer-chain.js";
import type { Layer } from "../../practice-engine/layers.js";
import { layerOf } from "../../practice-engine/recipe.js";
import { boltFile, type BoltTree } from "../../support/bolt-file.js";
import { startScene, type Scene } from "../../support/scene.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const mega = 1_000_000;

/** Loads an image whose manifest and configuration lie in containerd's content store; the digest of the latter is returned. */
function loadStored(scene: Scene, content: string, name: string, layers: readonly Layer[]): string {
  const put = (text: string): string => {
    const digits = hash("sha256", text, "hex");
    writeFileSync(join(content, digits), text);
    return `sha256:${digits}`;
  };
  const config = JSON.stringify({ name, rootfs: { diff_ids: layers.map(({ diffId }) => diffId) } });
  const digest = put(config);
  const manifest = { config: { digest, size: config.length }, layers: [] };
  const id = toImageId(put(JSON.stringify(manifest)));
  if (id === null) throw new Error("A digest is an ID.");
  scene.engine.loadImage({ id, parentId: null, layers, labels: {}, created: 0, command: [] }, [name]);
  return digest;
}

it("layers that containerd keeps for one image alone go with it, though another one stands on them", async () => {
  const rootDirectory = temporaryFolder();
  const containerd = join(rootDirectory, "containerd/daemon");
  const content = join(containerd, "io.containerd.content.v1.content/blobs/sha256");
  mkdirSync(content, { recursive: true });
  mkdirSync(join(containerd, "io.containerd.metadata.v1.bolt"));
  const scene = await startScene({ apiVersion: "1.51", store: "containerd", rootDirectory });
  const [base, own] = [layerOf("base", 10 * mega), layerOf("own", 5 * mega)];
  const keeper = loadStored(scene, content, "app:1", [base, own]);
  const borrower = loadStored(scene, content, "base:1", [base]);
  const chainId = chainIdsOf([base.diffId, own.diffId]).at(-1) ?? "";
  const blob: BoltTree = {
    [keeper]: { labels: { "containerd.io/gc.ref.snapshot.overlayfs": chainId } },
    [borrower]: { labels: { other: "text" } },
  };
  const database = boltFile({ v1: { moby: { content: { blob } } } });
  writeFileSync(join(containerd, "io.containerd.metadata.v1.bolt/meta.db"), database);

  const limits = { quotaBytes: 1, graceMs: 0, keep: ["base:1"] };
  const { usage } = await scene.run(limits, { mode: "dry-run" });
  expect(usage.plannedFreedBytes).toBeGreaterThanOrEqual(15 * mega);
});
