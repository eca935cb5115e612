import { Failure } from "../../core/text/failure.js";
import { toPlausibleBytes } from "./limit-values.js";
import type { Given } from "./raw-options.js";
import { understand } from "./values.js";

/** How many quotas a range stands for, its ends among them. */
const rangeLength = 10;

/** More would take long, and nobody reads them. */
const mostQuotas = 50;

/**
 * `10G..100G`, evenly spread, or `10G,20G,50G`; in bytes, as they are given.
 *
 * @throws Failure of code `usage` that says where the text stands
 */
export function toQuotas(given: Given<string>): readonly number[] {
  return understand(given, (text) => {
    const [from = "", to, ...rest] = text.split("..");
    const quotas = to === undefined ? text.split(",").map((each) => sizeOf(each.trim())) : range(from, to);
    const isSound = rest.length === 0 && quotas.length <= mostQuotas && quotas.every((bytes) => bytes > 0);
    if (!isSound || (to !== undefined && (quotas[0] ?? 0) >= (quotas.at(-1) ?? 0))) throw notQuotas(text);
    return quotas;
  });
}

function range(fromText: string, toText: string): number[] {
  const [from, to] = [sizeOf(fromText), sizeOf(toText)];
  const step = (to - from) / (rangeLength - 1);
  return Array.from({ length: rangeLength }, (_, index) => Math.round(from + index * step));
}

function sizeOf(text: string): number {
  return toPlausibleBytes(text, `${text}G`);
}

function notQuotas(text: string): Failure {
  const expected = `a range such as 10G..100G, or at most ${mostQuotas} sizes such as 10G,20G,50G`;
  return new Failure("usage", `${JSON.stringify(text)} is not a list of quotas; expected ${expected}.`);
}
