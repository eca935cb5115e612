import type { Image } from "../../image/image.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** The image asks for it itself, without any configuration. */
export const label = {
  ...usual,
  reason: "label",
  holds: "byRule",
  isSet: ({ keepLabel }) => keepLabel === "heeded",
  keeps:
    () =>
    ({ image }) =>
      asksToBeKept(image),
} as const satisfies KeepRule;

const keepLabel = "docker-gc.keep";

const refusals = new Set(["false", "0", "no", "off"]);

/**
 * Whether the image asks to be kept. Every value asks for it but a plain no (`false`, `0`, `no`, `off`, in any case):
 * `LABEL docker-gc.keep=""` is hardly meant as one, and a slip should cost bytes, not an image. An image that is built on a
 * kept one inherits the label, and says no for itself.
 */
export function asksToBeKept({ labels }: Image): boolean {
  if (!Object.hasOwn(labels, keepLabel)) return false;
  return !refusals.has((labels[keepLabel] ?? "").trim().toLowerCase());
}
