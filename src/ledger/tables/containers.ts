import type { Database } from "../sqlite/database.js";
import type { ContainerRecord, VanishedImage } from "../../core/image/container-record.js";
import type { ContainerId, ImageId } from "../../core/image/image.js";
import { chainBytes, chainIdText } from "./chain-bytes.js";
import { difference } from "./difference.js";
import { linesIn } from "./row-values.js";

type Containers = ReadonlyMap<ContainerId, ContainerRecord>;
type VanishedImages = ReadonlyMap<ImageId, VanishedImage>;

/** Check IDs; each throws a Failure of code `ledger` for a text that is none. */
interface Ids {
  readonly image: (text: string) => ImageId;
  readonly container: (text: string) => ContainerId;
}

/** Throws as `ids` does. */
export function readContainers(database: Database, engineId: bigint, ids: Ids): Containers {
  const imagesIn = (text: string) => linesIn(text).map(ids.image);
  const mounts = new Map<string, Map<string, readonly ImageId[]>>();
  const mountRows = database
    .prepare<[bigint], readonly [container: string, reference: string, images: string]>(
      "SELECT container_id, reference, image_ids FROM container_mount WHERE engine_id = ?",
    )
    .raw();
  for (const [container, reference, images] of mountRows.iterate(engineId)) {
    const known = mounts.get(container) ?? new Map<string, readonly ImageId[]>();
    mounts.set(container, known.set(reference, imagesIn(images)));
  }
  const containers = new Map<ContainerId, ContainerRecord>();
  const rows = database
    .prepare<
      [bigint],
      readonly [container: string, images: string, manifest: string | null, typedName: string | null]
    >("SELECT container_id, image_ids, manifest, typed_name FROM container WHERE engine_id = ?")
    .raw();
  for (const [container, images, manifest, typedName] of rows.iterate(engineId)) {
    const mounted = mounts.get(container) ?? noMounts;
    containers.set(ids.container(container), {
      images: imagesIn(images),
      manifest,
      typedName,
      mounts: mounted,
    });
  }
  return containers;
}

const noMounts: ContainerRecord["mounts"] = new Map();

/** Brings an engine's containers from one state to another. Call it inside a transaction. */
export function writeContainers(
  database: Database,
  engineId: number,
  before: Containers,
  after: Containers,
): void {
  const { changed, vanished } = difference(before, after, isSameContainer);
  const write = database.prepare("INSERT OR REPLACE INTO container VALUES (?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM container WHERE engine_id = ? AND container_id = ?");
  const mount = database.prepare("INSERT INTO container_mount VALUES (?, ?, ?, ?)");
  const unmount = database.prepare("DELETE FROM container_mount WHERE engine_id = ? AND container_id = ?");
  for (const [id, { images, manifest, typedName, mounts }] of changed) {
    write.run(engineId, id, images.join("\n"), manifest, typedName);
    unmount.run(engineId, id);
    for (const [reference, mounted] of mounts) mount.run(engineId, id, reference, mounted.join("\n"));
  }
  for (const id of vanished) {
    remove.run(engineId, id);
    unmount.run(engineId, id);
  }
}

function isSameContainer(first: ContainerRecord, second: ContainerRecord): boolean {
  if (first === second) return true;
  return (
    first.images.join() === second.images.join() &&
    first.manifest === second.manifest &&
    first.typedName === second.typedName &&
    first.mounts.size === second.mounts.size &&
    [...first.mounts].every(([reference, images]) => second.mounts.get(reference)?.join() === images.join())
  );
}

/** Throws as `toId` does. */
export function readVanished(
  database: Database,
  engineId: bigint,
  toId: (text: string) => ImageId,
): VanishedImages {
  const vanished = new Map<ImageId, VanishedImage>();
  const chain = `CASE WHEN top_chain IS NULL THEN NULL ELSE ${chainIdText("top_chain")} END`;
  const rows = database
    .prepare<
      [bigint],
      readonly [image: string, chain: string | null, manifests: string | null, names: string]
    >(`SELECT image_id, ${chain}, manifests, names FROM vanished_image WHERE engine_id = ?`)
    .raw();
  for (const [image, topChain, manifests, names] of rows.iterate(engineId)) {
    vanished.set(toId(image), { topChain, manifests: manifests === null ? null : linesIn(manifests), names });
  }
  return vanished;
}

/** Brings what an engine's vanished images were from one state to another. Call it inside a transaction. */
export function writeVanished(
  database: Database,
  engineId: number,
  before: VanishedImages,
  after: VanishedImages,
): void {
  const { changed, vanished } = difference(before, after, isSameVanished);
  const write = database.prepare("INSERT OR REPLACE INTO vanished_image VALUES (?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM vanished_image WHERE engine_id = ? AND image_id = ?");
  for (const [id, { topChain, manifests, names }] of changed) {
    const chain = topChain === null ? null : chainBytes(topChain);
    write.run(engineId, id, chain, manifests?.join("\n") ?? null, names);
  }
  vanished.forEach((id) => remove.run(engineId, id));
}

function isSameVanished(first: VanishedImage, second: VanishedImage): boolean {
  if (first === second) return true;
  return (
    first.topChain === second.topChain &&
    first.manifests?.join() === second.manifests?.join() &&
    first.names === second.names
  );
}
