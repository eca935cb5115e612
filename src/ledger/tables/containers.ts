import type { Database } from "../sqlite/database.js";
import type { ContainerRecord, VanishedImage } from "../../core/image/container-record.js";
import type { ContainerId, ImageId } from "../../core/image/image.js";
import { chainBytes, chainIdText } from "./chain-bytes.js";
import { difference } from "./difference.js";
import { linesIn } from "./row-values.js";
import { rowsOf, type KeyedTable } from "./rows.js";

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
  const mountRows = rowsOf<readonly [container: string, reference: string, images: string]>(
    database,
    engineId,
    "container_id, reference, image_ids",
    "container_mount",
  );
  for (const [container, reference, images] of mountRows) {
    const known = mounts.get(container) ?? new Map<string, readonly ImageId[]>();
    mounts.set(container, known.set(reference, imagesIn(images)));
  }
  const containers = new Map<ContainerId, ContainerRecord>();
  const rows = rowsOf<
    readonly [container: string, images: string, manifest: string | null, typedName: string | null]
  >(database, engineId, "container_id, image_ids, manifest, typed_name", "container");
  for (const [container, text, manifest, typedName] of rows) {
    const [images, mounted] = [imagesIn(text), mounts.get(container) ?? noMounts];
    containers.set(ids.container(container), { images, manifest, typedName, mounts: mounted });
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
  const rows = rowsOf<
    readonly [image: string, chain: string | null, manifests: string | null, names: string]
  >(database, engineId, `image_id, ${chain}, manifests, names`, "vanished_image");
  for (const [image, topChain, manifests, names] of rows) {
    vanished.set(toId(image), { topChain, manifests: manifests === null ? null : linesIn(manifests), names });
  }
  return vanished;
}

export const vanishedTable: KeyedTable<VanishedImage> = {
  table: "vanished_image",
  key: "image_id",
  columns: ({ topChain, manifests, names }) => [
    topChain === null ? null : chainBytes(topChain),
    manifests?.join("\n") ?? null,
    names,
  ],
};
