import { statSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../../core/text/failure.js";
import type { Image } from "../../core/image/image.js";
import {
  configuredRoot,
  rootsOfListeners,
  type ContainerdRoot,
} from "../../engine/locate/containerd-roots.js";
import type { Engine, EngineDescription } from "../../engine/port.js";

/** The folder whose filesystem holds an engine's images, as this process sees it; or why that is not known. */
export type ImagesPlace =
  { readonly kind: "known"; readonly path: string } | { readonly kind: "unknown"; readonly reason: string };

/** Who names a folder is believed where images are found in it; one image may be damaged. */
const mostWitnesses = 3;

/** Where this host's files begin, and what its processes are seen by. */
export interface HostView {
  readonly root: string;
  readonly proc: string;
}

const thisHost: HostView = { root: "/", proc: "/proc" };

/** Of an engine whose socket is on this host; that need not make its files ours: a socket can be passed on. */
export async function locateImages(
  engine: Engine,
  description: EngineDescription,
  images: Iterable<Image>,
  host: HostView = thisHost,
): Promise<ImagesPlace> {
  const witnesses = [...images].slice(0, mostWitnesses);
  const { imageStore, rootDirectory } = description;
  if (imageStore.kind === "containerd")
    return locateInContainerd(candidates(imageStore, rootDirectory, host), imageStore.snapshotter, witnesses);
  let missing: string | null = null;
  for (const { id } of witnesses) {
    const answer = await engine.inspectDetails(id);
    const folder = answer.kind === "found" ? answer.value.folder : null;
    // Most storage drivers do not tell.
    if (folder === null) continue;
    const found = look(folder);
    if (found !== "missing") return placeOf(folder, found, rootDirectory);
    missing = folder;
  }
  if (missing === null) return { kind: "known", path: rootDirectory };
  return unknown(`the engine's images are not on this host: there is no ${missing}`);
}

/** Podman's `imagestore` is outside of its root; and a folder below the root may have a disk of its own. */
function placeOf(folder: string, found: Stats | "hidden", rootDirectory: string): ImagesPlace {
  if (found === "hidden") {
    if (`${folder}/`.startsWith(`${rootDirectory}/`)) return { kind: "known", path: rootDirectory };
    return unknown(`this user may not see ${folder}`);
  }
  const root = look(rootDirectory);
  if (typeof root === "object" && root.dev === found.dev) return { kind: "known", path: rootDirectory };
  // The folder itself goes with its image, the uppermost one on its disk does not.
  let path = folder;
  for (let next = dirname(path); isOn(found.dev, next) && next !== path; next = dirname(path)) path = next;
  return { kind: "known", path };
}

/**
 * The folder of containerd's compressed content, where that of these images is certain to be; null where that is not known, or
 * the store is another one. That it is there need not mean that this user may read it.
 */
export function locateContent(
  { imageStore, rootDirectory, isLocal }: EngineDescription,
  images: Iterable<Image>,
  host: HostView = thisHost,
): string | null {
  if (imageStore.kind !== "containerd" || !isLocal) return null;
  const [root, other] = holdingRoots(
    candidates(imageStore, rootDirectory, host),
    [...images].slice(0, mostWitnesses),
  );
  return root === undefined || other !== undefined ? null : join(root.path, contentFolder);
}

type ContainerdStore = Extract<EngineDescription["imageStore"], { kind: "containerd" }>;

/** What may be it, the surest first, each with those that are as sure. */
function candidates(
  { address }: ContainerdStore,
  rootDirectory: string,
  { root, proc }: HostView,
): ContainerdRoot[][] {
  const own = {
    path: join(rootDirectory, "containerd/daemon"),
    snapshotRoots: new Map<string, string>(),
    unread: null,
  };
  // Before API 1.46 the engine does not say whether it has started a containerd of its own.
  if (address === null) return [[own, configuredRoot(root)]];
  const isOwn = address.endsWith("/docker/containerd/containerd.sock");
  return [rootsOfListeners(address, proc), [isOwn ? own : configuredRoot(root)]];
}

function locateInContainerd(
  groups: readonly (readonly ContainerdRoot[])[],
  snapshotter: string,
  witnesses: readonly Image[],
): ImagesPlace {
  const [root, other] = holdingRoots(groups, witnesses);
  if (root !== undefined && other !== undefined)
    return unknown(`its images may be in ${root.path} or in ${other.path}`);
  const unread = (root === undefined ? groups.flat() : [root]).find((each) => each.unread !== null)?.unread;
  if (unread != null) return unknown(`${unread} cannot be read, which may say where its images are`);
  if (root !== undefined) return inOnePlace(root, snapshotter);
  const paths = [...new Set(groups.flat().map(({ path }) => path))];
  return unknown(`the images of its containerd are not in ${paths.join(" or ")}`);
}

/** All in which the images may be, of the surest kind that has any. */
function holdingRoots(
  groups: readonly (readonly ContainerdRoot[])[],
  witnesses: readonly Image[],
): readonly ContainerdRoot[] {
  for (const group of groups) {
    const holding = distinct(group.filter(({ path }) => mayHold(path, witnesses)));
    if (holding.length > 0) return holding;
  }
  return [];
}

/** Whether the blobs of some of these images are below it; of no image, whether it is there. */
function mayHold(path: string, witnesses: readonly Image[]): boolean {
  if (witnesses.length === 0) return look(path) !== "missing";
  const blobs = join(path, contentFolder, "blobs/sha256");
  return witnesses.some(({ id }) => look(join(blobs, id.replace("sha256:", ""))) !== "missing");
}

const contentFolder = "io.containerd.content.v1.content";

/** Layers are there packed, and unpacked by the snapshotter. */
function inOnePlace({ path, snapshotRoots }: ContainerdRoot, snapshotter: string): ImagesPlace {
  const unpacked =
    snapshotRoots.get(snapshotter) ?? join(path, `io.containerd.snapshotter.v1.${snapshotter}`);
  const [root, packed, snapshots] = [path, join(path, contentFolder), unpacked].map(look);
  const devices = [packed, snapshots].map((found) => (typeof found === "object" ? found.dev : null));
  const [first, second] = devices;
  if (first !== null && second !== null && first !== second)
    return unknown(`its images are on two filesystems, of ${join(path, contentFolder)} and of ${unpacked}`);
  const isRoot = typeof root !== "object" || first === null || first === root.dev;
  return { kind: "known", path: isRoot ? path : join(path, contentFolder) };
}

function distinct(roots: readonly ContainerdRoot[]): ContainerdRoot[] {
  const inodes = new Map<string, ContainerdRoot>();
  for (const root of roots) {
    const found = look(root.path);
    const key = typeof found === "object" ? `${found.dev}:${found.ino}` : root.path;
    if (!inodes.has(key)) inodes.set(key, root);
  }
  return [...inodes.values()];
}

/** `hidden`: this user may not look. */
function look(path: string): Stats | "missing" | "hidden" {
  try {
    return statSync(path);
  } catch (error) {
    return ["EACCES", "EPERM"].includes(codeOf(error)) ? "hidden" : "missing";
  }
}

function isOn(device: number, path: string): boolean {
  const found = look(path);
  return typeof found === "object" && found.dev === device;
}

function unknown(reason: string): ImagesPlace {
  return { kind: "unknown", reason };
}
