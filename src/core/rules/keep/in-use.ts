import { usual, type KeepRule } from "../keep-rule.js";

/** A container in any state, an image mount or a service uses it. */
export const inUse = {
  ...usual,
  reason: "in-use",
  holds: "inUse",
  keeps:
    () =>
    ({ inUseBy }) =>
      inUseBy.length > 0,
  finding: ({ inUseBy }) => ({ by: inUseBy }),
} as const satisfies KeepRule;
