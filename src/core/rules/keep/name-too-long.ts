import { isCut } from "../../text/known-text.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** No rule can go by a name that is longer than is known of it, and no removal can ask for it: it might be anything. */
export const nameTooLong = {
  ...usual,
  reason: "name-too-long",
  holds: "byRule",
  shown: "if-it-keeps",
  keeps:
    () =>
    ({ image: { tags, digests } }) =>
      tags.some(isCut) || digests.some(isCut),
} as const satisfies KeepRule;
