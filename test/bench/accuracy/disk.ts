import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

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
