import { usual, type KeepRule } from "../keep-rule.js";

/** Its removal failed not long ago, and waits for another attempt. */
export const failedBefore = {
  ...usual,
  reason: "failed-before",
  holds: null,
  endsBy: "time",
  keeps:
    () =>
    ({ retryAt }) =>
      retryAt !== null,
  finding: ({ retryAt }, { now }) => (retryAt === null ? {} : { value: retryAt - now, unit: "ms" }),
} as const satisfies KeepRule;
