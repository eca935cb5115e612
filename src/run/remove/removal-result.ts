import type { Obstacle, Outcome } from "../../core/policy/removal.js";

export interface RemovalResult {
  readonly outcome: Outcome;
  /** One sentence; null when there is nothing to add. */
  readonly detail: string | null;
  /** Null where it is gone. */
  readonly obstacle: Obstacle | null;
}

export const gone: RemovalResult = { outcome: "gone", detail: null, obstacle: null };
