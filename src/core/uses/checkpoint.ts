import type { ContainerRecord, VanishedImage } from "../image/container-record.js";
import type { Anchor } from "../image/anchor.js";
import type { FailedRemovals } from "./failed-removals.js";
import type { ContainerId, ImageId } from "../image/image.js";
import { emptyLayerRecord, type LayerRecord } from "../layers/layer-record.js";
import { nothingListed, type ListedImages } from "../image/listing.js";
import { namesIn, type ManifestsText, type NameLookup, type NamesText } from "../image/name-index.js";
import { noReturnNews, type ReturnNews } from "../returns/return-news.js";
import type { EngineOrigin } from "./origin.js";
import type { UseKind } from "./use.js";
import type { VainRemovals } from "./vain-removals.js";
import type { WarnedRules } from "../policy/warned-rules.js";

/** What tells one engine from another: rows of one engine never mix with another's. */
export interface EngineIdentity {
  /** One line that stays the same for as long as image IDs keep their meaning: ID, store, root directory. */
  readonly key: string;
  /** What the key begins and ends with whatever the engine's store is; left out where that does not matter. */
  readonly anyStore?: { readonly before: string; readonly behind: string };
  /** What its data is known by (see EngineOrigin), where the ledger may know it under another ID. */
  readonly dataId?: string;
}

/** A clock that does not run while the host sleeps, and that starts anew with every boot. */
export interface SteadyClock {
  readonly bootId: string;
  /** Milliseconds since an arbitrary moment of this boot. */
  readonly elapsedMs: number;
}

/** Where the last observation ended. */
export interface Checkpoint {
  /** Engine time, epoch milliseconds. */
  readonly at: number;
  /** Null when the buffer was empty. */
  readonly anchor: Anchor | null;
  /** The observed clock: all time, in milliseconds, that was observed without a gap. */
  readonly observedMs: number;
  /** The clock of time awake, in milliseconds (see MeasuredObservation). */
  readonly awakeMs: number;
  /** The observer's own clock at the checkpoint. */
  readonly steady: SteadyClock;
}

/** What the ledger knows of one image. */
export interface ImageRecord {
  /** Epoch milliseconds. */
  readonly firstSeenAt: number;
  /** Epoch milliseconds; never moves backward. */
  readonly lastUsedAt: number;
  readonly lastUseKind: UseKind;
  /** See `Use.by`. */
  readonly lastUseBy: string | null;
  /** The observed clock at the last use, in milliseconds; negative where another tool had observed before (see import). */
  readonly observedMsAtLastUse: number;
  /** The clock of time awake at the last use, and at the first sight, in milliseconds. */
  readonly awakeMsAtLastUse: number;
  readonly awakeMsAtFirstSight: number;
  /** Whether it was seen to be pulled or pushed. */
  readonly inRegistry: boolean;
  /** Whether it was ever seen with a tag. */
  readonly wasTagged: boolean;
  /** At the checkpoint. */
  readonly names: NamesText;
  /** The tags that it had last, where it has none; empty where it has one or none is known. */
  readonly lastTags: NamesText;
  /** As listed (see `Image`), a line each; null where they are not known. */
  readonly manifests: ManifestsText | null;
}

/** Everything the ledger knows of one engine. */
export interface EngineRecord {
  /** Null before the first observation. */
  readonly checkpoint: Checkpoint | null;
  readonly images: ReadonlyMap<ImageId, ImageRecord>;
  readonly listed: ListedImages;
  /** Containers that existed at the checkpoint. */
  readonly containers: ReadonlyMap<ContainerId, ContainerRecord>;
  /** Images that a container refers to and that are not listed any more. */
  readonly vanished: ReadonlyMap<ImageId, VanishedImage>;
  /** What each name stood for at the checkpoint: what the images say. */
  readonly names: NameLookup;
  readonly layers: LayerRecord;
  readonly failedRemovals: FailedRemovals;
  readonly vainRemovals: VainRemovals | null;
  readonly warnedRules: WarnedRules;
  /** When a limit first chose by the expected next use, epoch milliseconds; null as long as none has. */
  readonly chosenByNeedAt: number | null;
  readonly news: ReturnNews;
  /** Whether this is what was known in another store of the same engine, where images had other IDs. */
  readonly isOfOtherStore: boolean;
  /** Left out as long as nobody has asked. */
  readonly origin?: EngineOrigin;
  /** The ID that this was written under, where the engine has another one by now. */
  readonly movedFrom?: string;
}

export const emptyRecord: EngineRecord = {
  checkpoint: null,
  images: new Map(),
  listed: nothingListed,
  containers: new Map(),
  vanished: new Map(),
  names: namesIn(new Map()),
  layers: emptyLayerRecord,
  failedRemovals: new Map(),
  vainRemovals: null,
  warnedRules: new Map(),
  chosenByNeedAt: null,
  news: noReturnNews,
  isOfOtherStore: false,
};
