import { usual, type KeepRule } from "../keep-rule.js";

/** No registry had it when it was to go, or none could be asked. A registry is asked just before a removal alone. */
export const unpullable = {
  ...usual,
  reason: "unpullable",
  holds: "byRule",
  shown: "if-set",
  isSet: ({ keepUnpullable }) => keepUnpullable === "all",
  keeps:
    () =>
    ({ unpullable: answer }) =>
      answer !== null,
  finding: ({ unpullable: answer }, { now }) =>
    answer === null ? {} : { value: answer.askedAgainAt - now, unit: "ms", by: [answer.detail] },
} as const satisfies KeepRule;
