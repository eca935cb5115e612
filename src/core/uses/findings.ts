import type { Anchor } from "../image/anchor.js";
import type { SteadyClock } from "./checkpoint.js";
import type { ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import type { MeasuredObservation } from "./observation.js";
import type { ReplayResult } from "./replay.js";

/** All that one observation brought. */
export interface Findings {
  readonly listing: Listing;
  readonly replay: ReplayResult;
  readonly observation: MeasuredObservation;
  readonly holders: ReadonlyMap<ImageId, readonly string[]>;
  readonly anchor: Anchor | null;
  readonly steady: SteadyClock;
}
