import type { RemoveReason } from "../policy/removal.js";
import type { KeepReason } from "./keep-rules.js";

export interface KeepVerdict {
  readonly kind: "keep";
  readonly reasons: readonly KeepReason[];
}

export interface RemoveVerdict {
  readonly kind: "remove";
  readonly reason: RemoveReason;
}

export type Verdict = KeepVerdict | RemoveVerdict;
