import { Failure } from "./failure.js";

const sizeShape = /^(\d+)(\.\d+)?(?: ?(?:([KMGTP])i?B?|B))?$/i;
const unitLetters = "KMGTP";
const formatUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/**
 * Integer bytes of a size as a person writes it: `50G`, `50Gi`, `1.5 GiB`, `500000`. Units are 1024-based whatever
 * their spelling and case; a bare number is bytes; fractions need a unit and are rounded to whole bytes.
 *
 * @throws Failure of code `usage`, to be prefixed with the place where the text stands.
 */
export function parseSize(text: string): number {
  const match = sizeShape.exec(text);
  if (match === null) throw notASize(text);
  const [, whole = "", fraction = "", letter = ""] = match;
  const power = letter === "" ? 0 : unitLetters.indexOf(letter.toUpperCase()) + 1;
  if (power === 0 && fraction !== "") throw notASize(text);
  const bytes = Math.round(Number(whole + fraction) * 1024 ** power);
  if (!Number.isSafeInteger(bytes)) {
    throw new Failure("usage", `${JSON.stringify(text)} is too large; expected a size of less than 8 PiB.`);
  }
  return bytes;
}

function notASize(text: string): Failure {
  const expected = "a number of bytes, or a number with K, M, G, T or P, such as 500M, 50G or 1.5TiB";
  return new Failure("usage", `${JSON.stringify(text)} is not a size; expected ${expected}.`);
}

/** Bytes for people: 1024-based, about three significant digits, always with a unit (`0 B`, `1.5 GiB`). */
export function formatSize(bytes: number): string {
  if (bytes < 0) return `-${formatSize(-bytes)}`;
  let value = bytes;
  let unit = 0;
  // Rounding comes before the comparison, so that 1023.9 KiB becomes 1 MiB and not 1024 KiB.
  while (Math.round(value) >= 1024 && unit < formatUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${Number(value.toFixed(unit === 0 ? 0 : decimals))} ${formatUnits[unit] ?? "B"}`;
}
