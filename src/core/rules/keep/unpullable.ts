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
    ({ unpullable: told }) =>
      told !== null,
  finding: ({ unpullable: told }, { now }) =>
    told === null ? {} : { value: told.askedAgainAt - now, unit: "ms", by: [told.detail] },
} as const satisfies KeepRule;
