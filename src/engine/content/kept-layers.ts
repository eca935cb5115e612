import { readBolt, type BoltBucket } from "./bolt-file.js";
import { orNull } from "./content-store.js";

/** Whose blobs and layers: the engine's namespace in containerd, and what unpacks its layers. */
export interface LayerOwner {
  readonly namespace: string;
  readonly snapshotter: string;
}

/**
 * Chain IDs of the layers that containerd keeps unpacked for some images' blobs, each with all below it. An engine that loads an image
 * whose layers are unpacked already leaves it at that (moby daemon/containerd/image_exporter.go): then they are kept for another image
 * alone. Left out is what has no blob there; null where the database cannot be read, as only root may.
 *
 * @param database `io.containerd.metadata.v1.bolt/meta.db`
 */
export function layersKeptFor<Image>(
  database: string,
  { namespace, snapshotter }: LayerOwner,
  blobs: ReadonlyMap<Image, readonly string[]>,
): ReadonlyMap<Image, ReadonlySet<string>> | null {
  const label = `containerd.io/gc.ref.snapshot.${snapshotter}`;
  const read = (root: BoltBucket) => {
    const store = root.bucket("v1")?.bucket(namespace)?.bucket("content")?.bucket("blob");
    const kept = new Map<Image, ReadonlySet<string>>();
    for (const [image, digests] of blobs) {
      const known = digests.flatMap((digest) => store?.bucket(digest) ?? []);
      const labels = known.flatMap((blob) => blob.bucket("labels")?.text(label) ?? []);
      if (known.length > 0) kept.set(image, new Set(labels));
    }
    return kept;
  };
  return orNull(() => readBolt(database, read));
}
