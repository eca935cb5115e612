import type { RankedImage } from "../facts/order.js";
import type { ImageId } from "../image/image.js";
import type { LayerSet } from "../layers/layer-set.js";
import type { Filesystem } from "../policy/filesystem.js";
import type { Policy } from "../policy/policy.js";
import type { RemoveReason } from "../policy/removal.js";
import type { Space } from "../uses/vain-removals.js";
import type { Finding } from "./keep-rule.js";

/** One limit that takes images. To add one: its reason in policy/removal.ts, this value in a file of its own, and the list in limits.ts. */
export interface Limit {
  /** Those that it can give; mostly one. */
  readonly reasons: readonly RemoveReason[];
  /**
   * By what it decides: each image for itself, or images for the space that they take, in the order of need. What is measured
   * goes last, and whether it has to is read from the filesystem before each removal.
   */
  readonly decidesBy: "image" | "space" | "measured-space";
  /** Whether this policy has it at all. */
  readonly isSet: (policy: Policy) => boolean;
  /** Puts what it takes of what may go into `removed`. Called where it is set. */
  readonly take: (scene: LimitScene) => void;
  /** Where `explain` shows it; left out: also where it is off. */
  readonly shown?: "if-set";
  /** What it goes by for one image, for `explain`. Bytes and inodes are those before anything goes; no limit: it is off. */
  readonly finding: (
    ranked: RankedImage,
    scene: LimitExplainScene,
  ) => Finding & { readonly rule: RemoveReason };
  /** What it comes to where it is not met. */
  readonly unmet: (state: LimitState) => { readonly limit: RemoveReason } | null;
}

/** What the limits choose from. */
export interface Choice {
  /** In the order of removal. */
  readonly order: readonly RankedImage[];
  /** The layers of all images. */
  readonly all: LayerSet;
  /** What stays whatever a limit says. */
  readonly kept: Pick<ReadonlySet<ImageId>, "has">;
  /** Of what is kept, what goes as soon as the engine gives it away. */
  readonly stuck: ReadonlySet<ImageId>;
  /** Epoch milliseconds. */
  readonly now: number;
  /** All images, soonest needed first; worked out only where a limit has to choose. */
  readonly soonestNeeded: () => readonly RankedImage[];
}

export interface LimitScene extends Choice {
  readonly policy: Policy;
  /** Null where nothing goes for free space: no limit asks for it, or it would free nothing. */
  readonly space: Filesystem | null;
  /** What the limits before this one take, and then this one. */
  readonly removed: Map<ImageId, RemoveReason>;
}

export interface LimitExplainScene {
  readonly policy: Policy;
  readonly filesystem: Filesystem | null;
  /** Of all images, and of all that goes by the plan. */
  readonly beforeBytes: number;
  readonly freedBytes: number;
}

/** How things stand once everything that may go is gone. */
export interface LimitState {
  readonly policy: Policy;
  /** Bytes that stay, and bytes that went. */
  readonly remainingBytes: number;
  readonly freedBytes: number;
  /** Null where no limit asks for it. */
  readonly free: Pick<Space, "freeBytes" | "freeInodes"> | null;
  readonly inVain: InVain | null;
  /** Left out where the removals freed what was planned, or nothing is left that the next ones could take. */
  readonly shortfall?: Shortfall;
}

/** Removals that freed less than by the estimates they went by. In bytes. */
export interface Shortfall {
  readonly plannedBytes: number;
  readonly freedBytes: number;
}

/** Removals for free space that freed none, so that no more go for it. */
export interface InVain {
  readonly removals: number;
  /** What they should have freed. */
  readonly expectedBytes: number;
  /** When another one is tried, epoch milliseconds. */
  readonly retryAt: number;
}
