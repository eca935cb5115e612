/** Where two JSON values are not of the same shape, as far as both go; keys that only the second has do not count. */
export function shapeDifferences(practice: unknown, real: unknown, path = "$"): string[] {
  const [kind, realKind] = [kindOf(practice), kindOf(real)];
  if (kind !== realKind) return [`${path}: ${kind}, but a real engine has ${realKind}`];
  if (Array.isArray(practice) && Array.isArray(real)) return elementDifferences(practice, real, path);
  if (!isObject(practice) || !isObject(real)) return [];
  return Object.entries(practice).flatMap(([key, value]) =>
    key in real
      ? shapeDifferences(value, real[key], `${path}.${key}`)
      : [`${path}.${key}: unknown to a real engine`],
  );
}

/** Keys, as `State.Running`, that a value lacks. Of a list, every element must have them. */
export function missingKeys(value: unknown, keys: readonly string[]): string[] {
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  return keys.filter((key) => !elements.every((element) => has(element, key.split("."))));
}

/** Lists are compared by their elements at the same place, as far as both go. */
function elementDifferences(practice: readonly unknown[], real: readonly unknown[], path: string): string[] {
  const both = Math.min(practice.length, real.length);
  return practice
    .slice(0, both)
    .flatMap((element, index) => shapeDifferences(element, real[index], `${path}[${index}]`));
}

function has(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return isObject(value) && key in value && has(value[key], rest);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
