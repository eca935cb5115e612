import type { Column } from "./table.js";

/** A column that gives way in a narrow terminal, at one end of its texts. */
export function elastic(
  header: string,
  shorten: Column["shorten"],
  widths: Pick<Column, "preferred" | "comfortable" | "least">,
): Column {
  return { header, align: "left", shorten, ...widths, dropBelow: null };
}

/** A column that is whole or left out. */
export function rigid(header: string, dropBelow: Column["dropBelow"]): Column {
  return {
    header,
    align: "left",
    shorten: "end",
    preferred: Infinity,
    comfortable: Infinity,
    least: Infinity,
    dropBelow,
  };
}

/** Likewise, to the right. */
export function figure(header: string, dropBelow: Column["dropBelow"]): Column {
  return { ...rigid(header, dropBelow), align: "right" };
}
