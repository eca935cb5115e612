import type { ImageId } from "../image/image.js";
import type { ReturnGroup } from "./return-group.js";
import type { IdleTime } from "./return-history.js";
import type { RemoveReason } from "../policy/removal.js";

/** An idle time of one image that ended in a use. */
export interface EndedImageIdle extends IdleTime {
  readonly image: ImageId;
}

/** An image that a run removed, as long as the history goes back. Times are epoch milliseconds. */
export interface RemovedImage {
  readonly id: ImageId;
  readonly names: readonly string[];
  readonly group: ReturnGroup;
  readonly lastUsedAt: number;
  /** The observed clock, in milliseconds. */
  readonly observedMsAtLastUse: number;
  readonly removedAt: number;
  /** Bytes that its removal freed. */
  readonly bytes: number;
  readonly reason: RemoveReason;
  /** In how much observed time its next use was expected, in milliseconds; left out where it was not, or where last use decided. */
  readonly expectedMs?: number;
}

/** A removed image that is there again. */
export interface ReturnedImage {
  readonly removed: RemovedImage;
  /** When it was first seen again; epoch milliseconds. */
  readonly at: number;
}

/** A stretch of use of one image; epoch milliseconds. */
export interface LoggedUse {
  readonly image: ImageId;
  readonly from: number;
  /** Null while it is in use. */
  readonly to: number | null;
  readonly repository: string;
  /** As the engine tells it. */
  readonly sizeBytes: number;
}

/** That an image has lost its last tag, or has one again. */
export interface LoggedTagLoss {
  readonly image: ImageId;
  /** When it was seen to have none any more; epoch milliseconds. Null where it has one again. */
  readonly at: number | null;
}

/** What happened since a record was read. The ledger adds it to what it has, and a later record goes on from there. */
export interface ReturnNews {
  readonly ended: readonly EndedImageIdle[];
  readonly removed: readonly RemovedImage[];
  readonly returned: readonly ReturnedImage[];
  readonly used: readonly LoggedUse[];
  readonly tagsLost: readonly LoggedTagLoss[];
}

export const noReturnNews: ReturnNews = { ended: [], removed: [], returned: [], used: [], tagsLost: [] };
