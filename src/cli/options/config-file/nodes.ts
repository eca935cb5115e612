import { isAlias, isNode, isScalar, isSeq, type Pair } from "yaml";
import { Failure } from "../../../core/text/failure.js";
import type { Option } from "../option.js";
import type { Given } from "../raw-options.js";

/** A value in the file, and the option that it is for. */
export interface Spot {
  readonly node: unknown;
  /** Of the key, for a value that has no place of its own. */
  readonly offset: number;
  readonly option: Option;
  /** `config.yaml:3` for a place in the text. */
  readonly originAt: (offset: number) => string;
}

/** All of these throw a Failure of code `usage` that names file and line. */
export function toKey({ key }: Pair, originAt: Spot["originAt"]): { name: string; offset: number } {
  const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
  if (isScalar(key) && typeof key.value === "string") return { name: key.value, offset };
  throw new Failure(
    "usage",
    `${originAt(offset)}: this is not the name of an option; expected the long name of an option.`,
  );
}

export function toBoolean(spot: Spot): Given<boolean> {
  const { node, option } = spot;
  if (isScalar(node) && typeof node.value === "boolean") return { value: node.value, origin: originOf(spot) };
  throw refused(spot, `${option.name} is on or off`, "true or false");
}

export function toText(spot: Spot): Given<string> {
  const { name, placeholder } = spot.option;
  if (isSeq(spot.node)) throw refused(spot, `${name} takes no list`, placeholder);
  return toScalarText(spot, placeholder);
}

export function toItems(spot: Spot): readonly Given<string>[] {
  const { node, option } = spot;
  const expected = `a list, with "- ${option.placeholder}" on each line`;
  refuseNothing(spot, expected);
  if (!isSeq(node)) throw refused(spot, `${option.name} takes a list`, expected);
  if (node.items.length === 0)
    throw refused(spot, `${option.name} lists nothing`, `${expected}, or no such line`);
  return node.items.map((item) => toScalarText({ ...spot, node: item }, option.placeholder));
}

/** What stands in the file, not what YAML makes of it: 123456789012 may be an image, and 1e3 is no size. */
function toScalarText(spot: Spot, expected: string): Given<string> {
  const { node, option } = spot;
  refuseNothing(spot, expected);
  if (isAlias(node)) {
    throw refused(
      spot,
      `YAML takes *${node.source} for an alias`,
      `${expected}, in quotes where it begins with a star`,
    );
  }
  const text = isScalar(node) ? (typeof node.value === "number" ? node.source : node.value) : null;
  if (typeof text !== "string") throw refused(spot, `${option.name} takes a text`, expected);
  if (text.trim() === "") throw refused(spot, `${option.name} is empty`, expected);
  if (hasControls.test(text)) throw refused(spot, `${option.name} has more than one line`, expected);
  return { value: text, origin: originOf(spot) };
}

/** Line ends, and what no command line could hold either. */
const hasControls = /[\u0000-\u001f\u007f]/;

function refuseNothing(spot: Spot, expected: string): void {
  const { node, option } = spot;
  if (node !== null && !(isScalar(node) && node.value === null)) return;
  throw refused(spot, `${option.name} has no value`, `${expected}, or no such line`);
}

function originOf({ node, offset, originAt }: Spot): string {
  return originAt(isNode(node) ? (node.range?.[0] ?? offset) : offset);
}

function refused(spot: Spot, problem: string, expected: string): Failure {
  return new Failure("usage", `${originOf(spot)}: ${problem}; expected ${expected}.`);
}
