import type { EngineIdentity } from "../core/uses/checkpoint.js";
import type { EngineEvent } from "../core/uses/event.js";
import type { Container, ContainerId, Image, ImageId, ManifestDigest, Service } from "../core/image/image.js";
import type { EngineTraits } from "../core/facts/image-facts.js";
import type { SizeModel } from "../core/layers/image-layers.js";
import type { HistoryEntry } from "../core/layers/layer-sizes.js";
import type { DiskAnswer, DiskKind } from "../core/results/disk.js";
import type { EngineSummary } from "../core/results/run-report.js";

/**
 * Who keeps the images. `engine`: it does, below its root or where the details of an image say. `containerd`: one that listens at
 * `address`, null where the engine does not say where, with layers unpacked by that snapshotter, all of it in that namespace.
 */
export type ImageStore =
  | { readonly kind: "engine" }
  | {
      readonly kind: "containerd";
      readonly address: string | null;
      readonly snapshotter: string;
      readonly namespace: string;
    };

/** The engine's clock, as far as its last answer tells. Epoch milliseconds. */
export interface EngineClock {
  /** Never ahead of the engine's own, behind it by a round trip at most. */
  readonly now: () => number;
  /**
   * Never behind the engine's own, ahead of it by a round trip at most: what has been answered by now happened before
   * this.
   */
  readonly nowAtMost: () => number;
}

/** Who answers, asked once a run. */
export interface EngineDescription extends EngineClock {
  readonly identity: EngineIdentity;
  readonly summary: EngineSummary;
  readonly family: "docker" | "podman";
  readonly isSwarmManager: boolean;
  /**
   * Whether every change of its images and their names has an event. Before API 1.46 a build by BuildKit has none where it gives no
   * name; in the containerd store an inspection tells what the list tells from 1.48 on; Podman's storage is changed by others.
   */
  readonly announcesImages: boolean;
  /** How many images it counted when it last reported its time; null where it reports none. */
  readonly imageCount: () => number | null;
  /** How many images and containers it counted as it was asked, one text: another one where something came or went. */
  readonly counts: string;
  /** How many events the engine remembers; null where it keeps a log (Podman). */
  readonly eventBufferLimit: number | null;
  readonly imageSizes: SizeModel;
  readonly digestNames: EngineTraits["digestNames"];
  readonly imageStore: ImageStore;
  /** Where the engine keeps its data, on its own host; empty where it does not say. */
  readonly rootDirectory: string;
  /** True for an engine behind a unix socket: its filesystem should be this host's. */
  readonly isLocal: boolean;
}

/** The names of an image as they are now: what is looked at again just before a removal. */
export interface EngineNames {
  readonly id: ImageId;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  /** Containers that the engine itself counts as users of one of its manifests; empty where it counts none. */
  readonly usedBy: readonly ContainerId[];
}

/** What an image consists of, but for the sizes of its layers. */
export interface ImageDetails {
  /** Null where the engine does not report it. */
  readonly sizeBytes: number | null;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Where its uppermost layer lies, on the engine's own host; null where the engine does not say. */
  readonly folder: string | null;
  /** Epoch milliseconds; null where the engine remembers nothing. */
  readonly taggedAt: number | null;
  /** Null in a store that keeps unpacked layers and nothing else. */
  readonly content: ContentSizes | null;
}

/** What an engine reports of an image in the containerd store besides its layers. Sizes are in bytes. */
export interface ContentSizes {
  /** Of the platform whose layers it reports, which is the host's if it is there. */
  readonly platform: PlatformSizes;
  readonly others: readonly PlatformSizes[];
}

export interface PlatformSizes {
  /** Of its manifest; null where the engine does not report it. */
  readonly digest: ManifestDigest | null;
  /** Its manifest, its configuration, and its compressed layers, as far as they are there. */
  readonly contentBytes: number;
  /** 0 where it is not unpacked; null where the engine does not report it (before API 1.48). */
  readonly unpackedBytes: number | null;
}

/** `missing` is HTTP 404; `unreadable` any other refusal, as for an image that is damaged. */
export type ImageAnswer<Value> =
  | { readonly kind: "found"; readonly value: Value }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly message: string };

/** Bytes that an engine keeps beside its images. */
export interface OtherBytes {
  /** What containers have written. */
  readonly containers: number;
  readonly buildCache: number;
}

/**
 * What a registry has under a name, as the engine found out: `found`, the digest of what it serves there; `refused`, what the
 * engine said instead; `silent`, that nothing was said in time.
 */
export type RegistryAnswer =
  | { readonly kind: "found"; readonly digest: string }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "silent"; readonly message: string };

/**
 * What the engine says to a removal. `removed` lists what went (`untagged` names, `deleted` IDs and layers);
 * `conflict` is HTTP 409, `missing` 404, `unknown` anything that leaves the outcome open: 5xx, a timeout, a cut.
 */
export type RemovalAnswer =
  | { readonly kind: "removed"; readonly untagged: readonly string[]; readonly deleted: readonly string[] }
  | { readonly kind: "conflict"; readonly message: string }
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

/**
 * The engine as the rest of the program sees it. Every call has a deadline. Every reading call throws a Failure
 * of code `engine` when the answer is missing, cut off, malformed or late.
 */
export interface Engine {
  /**
   * Asked first: what it says decides how the other calls are made. `expectedApi`: the API version of the engine that was there before,
   * which spares a question where the same one answers; another one may not be described rightly.
   */
  describe(expectedApi?: string): Promise<EngineDescription>;
  /**
   * Asks for the engine's time again unless it reported it within these milliseconds; descriptions go by it from here on. It may
   * have been set meanwhile, and a host that slept does not know how long.
   */
  syncClock(maxAgeMs: number): Promise<void>;
  /**
   * All images, intermediate ones included. `onBegun`: the answer begins to come, which engines have made whole by then,
   * so what is asked for from here on is no older than this listing.
   */
  listImages(onBegun?: () => void): Promise<Image[]>;
  /** All containers, in any state; or those of these that there are. */
  listContainers(only?: readonly ContainerId[]): Promise<Container[]>;
  /** Swarm services; to be asked of a manager only. */
  listServices(): Promise<Service[]>;
  /**
   * The event buffer or log, unfiltered, in the engine's own order, up to this engine time (epoch milliseconds). `from`
   * (nanoseconds since 1970; null for all of it): Docker begins behind the last event with an earlier time, whatever stands in front
   * of that; Podman leaves out what has earlier times.
   */
  readEvents(until: number, from: bigint | null): AsyncIterable<EngineEvent>;
  /**
   * How many events have come, each time some come, as they happen. Ends when `end` is aborted or the connection
   * breaks; a reader that is slow may miss some.
   */
  countEvents(end: AbortSignal): AsyncIterable<number>;
  /** A container's image as the client wrote it; null where the engine does not tell, or the container is gone. */
  readTypedName(id: ContainerId): Promise<string | null>;
  /** Images that are recorded without a name, though they may have got one since; of the containerd store. */
  listNameless(): Promise<ImageId[]>;
  /** Images with a name in one of these repositories, with those names at least; of engines that announce their images. */
  listRepositories(repositories: ReadonlySet<string>): Promise<readonly Image[]>;
  /** An image by name or ID, as it is listed; of engines that announce their images. */
  lookUp(reference: string): Promise<ImageAnswer<Image>>;
  inspectNames(reference: string): Promise<ImageAnswer<EngineNames>>;
  /** Where it has just been looked up, as it was then. */
  inspectDetails(id: ImageId): Promise<ImageAnswer<ImageDetails>>;
  /** Oldest first. */
  readHistory(id: ImageId): Promise<ImageAnswer<readonly HistoryEntry[]>>;
  /** What the registry of this name has under it now. The credentials that docker has for that registry go along. */
  askRegistry(name: string): Promise<RegistryAnswer>;
  /** What the engine has of this kind on its disk, asked for alone. It may take long, and never throws for that. */
  readDiskUse(kind: DiskKind): Promise<DiskAnswer>;
  /** Bytes of all images together by the engine's own account; 0 also where it keeps none. */
  readImageBytes(): Promise<number>;
  /**
   * What of that account is in no image: of containers and of the build cache, as far as the engine tells. Layers that images have as
   * well may be among the latter's.
   */
  readOtherBytes(): Promise<OtherBytes>;
  /** What its data is known by (see EngineOrigin); empty where it does not tell. */
  readDataId(): Promise<string>;
  /** Removes a name, or an image by full ID; without force, and without pruning its parents. */
  remove(reference: string): Promise<RemovalAnswer>;
  /** Gives a name back to an image; used to undo a removal that the engine refused half-way. */
  tag(id: ImageId, name: string): Promise<void>;
  /**
   * Waits a moment for what is under way and for what follows, and then gives it up; a removal that is under way is waited for to its
   * answer, as nobody would know what became of it.
   */
  hurry(): void;
  /** Gives up all that is under way, for whoever does not wait for it any more: the process could not end before. */
  abandon(): void;
}
