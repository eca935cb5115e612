import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineClient } from "../../support/engine-client.js";

/** The engine's own account of the layers of its images; 0 where it keeps none. */
export async function bytesOfAccount(client: EngineClient): Promise<number> {
  const { text } = await client.request("GET", "/system/df?type=image");
  const usage = JSON.parse(text) as { LayersSize?: number; ImageUsage?: { TotalSize?: number } };
  return usage.LayersSize ?? usage.ImageUsage?.TotalSize ?? 0;
}

/** Of all files below Podman's root, by their lengths and by the blocks that they take. */
export function bytesBelow(path: string): { readonly lengths: number; readonly blocks: number } {
  const stat = lstatSync(path);
  const sum = { lengths: stat.isDirectory() ? 0 : stat.size, blocks: stat.blocks * 512 };
  if (!stat.isDirectory()) return sum;
  for (const name of readdirSync(path)) {
    const below = bytesBelow(join(path, name));
    sum.lengths += below.lengths;
    sum.blocks += below.blocks;
  }
  return sum;
}

/**
 * Bytes of all blobs of a content store, by their lengths, and of all snapshots of the overlay snapshotter, by the blocks that they
 * take, as containerd itself counts them.
 */
export function bytesOnDisk(root: string): number {
  const blobs = join(root, "io.containerd.content.v1.content/blobs/sha256");
  const snapshots = join(root, "io.containerd.snapshotter.v1.overlayfs/snapshots");
  const lengths = readdirSync(blobs).reduce((sum, name) => sum + lstatSync(join(blobs, name)).size, 0);
  return readdirSync(snapshots).reduce((sum, name) => sum + usageOf(join(snapshots, name, "fs")), lengths);
}

function usageOf(path: string): number {
  const stat = lstatSync(path);
  const own = stat.blocks * 512;
  if (!stat.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + usageOf(join(path, name)), own);
}
