import { damagedLedger } from "../file/ledger-failure.js";

/** Throws a Failure of code `ledger`, which names `path`, for a number that JavaScript does not hold exactly. */
export function integerOf(path: string, value: number): number {
  return Number.isSafeInteger(value) ? value : unknownIn(path, "number", String(value));
}

/** Ends with a Failure of code `ledger`: no row of ours has that. */
export function unknownIn(path: string, what: string, found: string): never {
  throw damagedLedger(path, `it has an unknown ${what}, ${JSON.stringify(found)}`);
}

/** A list as the ledger stores it, a line each. */
export function linesIn(text: string): readonly string[] {
  return text === "" ? [] : text.split("\n");
}
