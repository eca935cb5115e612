import type { LearningProgress } from "./observe/learn-layers.js";
import type { RemovalProgress } from "./remove/removals.js";

/** How far a run is in one of the two things that may take long. */
export type RunProgress = LearningProgress | RemovalProgress;
