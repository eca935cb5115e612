import { usual, type KeepRule } from "../keep-rule.js";

/** No registry is known to have it. */
export const local = {
  ...usual,
  reason: "local",
  holds: "byRule",
  isSet: ({ keepLocal }) => keepLocal === "all",
  keeps:
    () =>
    ({ inRegistry }) =>
      !inRegistry,
} as const satisfies KeepRule;
