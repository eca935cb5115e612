import type { Output } from "./surroundings.js";

/** Columns of a terminal; undefined for a pipe or a file: then nothing is shortened or broken. */
export function widthOf({ isTTY, columns }: Output): number | undefined {
  return isTTY === true ? columns : undefined;
}
