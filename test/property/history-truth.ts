import type { EngineEvent } from "../../src/core/uses/event.js";
import type { ImageId } from "../../src/core/image/image.js";

export const nanosPerMilli = 1_000_000n;

/** A moment by the clock that tells the truth, which stands still while the host sleeps, and by the engine's. */
export interface Moment {
  readonly awake: number;
  readonly wall: number;
}

export interface Written {
  readonly event: EngineEvent;
  /** By the clock that tells the truth. */
  readonly at: number;
  isRead: boolean;
}

export interface ModelImage {
  readonly names: Set<string>;
  readonly digests: Set<string>;
}

export interface ModelContainer {
  readonly image: ImageId;
  /** The name by which it was created, canonical spelling aside; null where that was an ID. */
  readonly name: string | null;
  readonly typed: string;
  /** The event of its creation. */
  created: Written | null;
  /** Whether a run has seen it, or its creation. */
  known: boolean;
}

/** A use that is true, and what has to be read for it to be known. */
export interface TrueUse {
  readonly image: ImageId;
  readonly at: Moment;
  /** The event that tells of it; null where none does. */
  readonly event: Written | null;
  /** Whether the event is about something else, and tells of it all the same. */
  readonly isSilent: boolean;
  /** The container that it was by. */
  readonly by: ModelContainer | null;
}
