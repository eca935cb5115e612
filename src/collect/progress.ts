import type { LearningProgress } from "./learn-layers.js";
import type { RemovalProgress } from "./removals.js";

/** How far a run is in one of the two things that may take long. */
export type RunProgress = LearningProgress | RemovalProgress;
