import type { RemoveReason } from "../policy/removal.js";
import type { KeepReason } from "./keep-rules.js";

export type Verdict =
  | { readonly kind: "keep"; readonly reasons: readonly KeepReason[] }
  | { readonly kind: "remove"; readonly reasons: readonly RemoveReason[] };
