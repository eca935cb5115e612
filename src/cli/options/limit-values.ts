import { Failure } from "../../core/text/failure.js";
import type { Limit } from "../../core/policy/limits.js";
import { parseSize } from "../../core/text/size.js";
import type { Given } from "./raw-options.js";
import { refused, understand } from "./values.js";

interface LimitShape {
  readonly expected: string;
  /** The absolute amount; throws for a text that is none. */
  readonly parse: (text: string) => number;
  /** Why 0 is refused. */
  readonly ifNothing: string;
  /** Why all of the filesystem is refused; null where it is not. */
  readonly ifEverything: string | null;
}

const nothingStays = "would remove every image that may be removed";
const isNoLimit = "is no limit";
const isNeverMet = "can never be met";

const quota: LimitShape = {
  expected: `a size such as 50G, a percentage such as 80%, or "off"`,
  parse: sizeOrShare,
  ifNothing: nothingStays,
  ifEverything: null,
};
const target: LimitShape = { ...quota, expected: "a size such as 40G, or a percentage such as 70%" };
const minFree: LimitShape = {
  expected: `a size such as 10G, a percentage such as 15%, or "off"`,
  parse: sizeOrShare,
  ifNothing: isNoLimit,
  ifEverything: isNeverMet,
};
const minFreeInodes: LimitShape = {
  ...minFree,
  expected: `a number such as 100000, a percentage such as 10%, or "off"`,
  parse: (text) => {
    const count = /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(count)) return count;
    throw refused(text, "is not a number of inodes", minFreeInodes.expected);
  },
};

/** More than nothing; null for `off`. All of these throw a Failure of code `usage` that says where the text stands. */
export function toQuota(given: Given<string>): Limit | null {
  return given.value === "off" ? null : toLimit(given, quota);
}

export function toQuotaTarget(given: Given<string>): Limit {
  return toLimit(given, target);
}

/** Less than all of the filesystem; null for `off`. */
export function toMinFree(given: Given<string>): Limit | null {
  return given.value === "off" ? null : toLimit(given, minFree);
}

export function toMinFreeInodes(given: Given<string>): Limit | null {
  return given.value === "off" ? null : toLimit(given, minFreeInodes);
}

/** More than nothing. */
export function toBytes(given: Given<string>): number {
  const expected = "a size such as 20G";
  return understand(given, (text) => {
    const bytes = toPlausibleBytes(text, `${text}G`);
    if (bytes === 0) throw refused(text, "frees nothing", expected);
    return bytes;
  });
}

/** A percentage, as a number; null for `off`. */
export function toShare(given: Given<string>): number | null {
  if (given.value === "off") return null;
  const shape = { expected: `a percentage such as 50%, or "off"` };
  return understand(given, (text) => {
    const percent = parsePercent(text, shape);
    if (percent === 0) throw refused(text, "allows no removal", shape.expected);
    return percent;
  });
}

function toLimit(given: Given<string>, shape: LimitShape): Limit {
  return understand(given, (text): Limit => {
    const isShare = text.endsWith("%");
    const value = isShare ? parsePercent(text, shape) : shape.parse(text);
    if (value === 0) throw refused(text, shape.ifNothing, shape.expected);
    if (isShare && value === 100 && shape.ifEverything !== null) {
      throw refused(text, shape.ifEverything, shape.expected);
    }
    return { kind: isShare ? "percent" : "amount", value, text, origin: given.origin };
  });
}

/** No engine's images fit in less, so that a bare number below is a forgotten unit. */
const leastBareBytes = 2 ** 20;

function sizeOrShare(text: string): number {
  return toPlausibleBytes(text, Number(text) <= 100 ? `${text}G, ${text}%` : `${text}G`);
}

/**
 * Bytes. A small number without a unit is a slip that would take all images that may go.
 *
 * @param meant what may have been meant by it
 */
export function toPlausibleBytes(text: string, meant: string): number {
  const bytes = parseSize(text);
  if (bytes === 0 || bytes >= leastBareBytes || !/^\d+$/.test(text)) return bytes;
  throw new Failure(
    "usage",
    `${JSON.stringify(text)} would be ${text} bytes; expected a unit, as in ${meant} or ${text}B.`,
  );
}

function parsePercent(text: string, { expected }: Pick<LimitShape, "expected">): number {
  const percent = /^\d+(\.\d+)? ?%$/.test(text) ? Number(text.slice(0, -1)) : NaN;
  if (percent <= 100) return percent;
  throw refused(text, "is not a percentage from 0% to 100%", expected);
}
