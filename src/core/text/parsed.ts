/** Whether what was parsed, of JSON or YAML, has fields; a list has some, too. */
export function hasFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** A field of what was parsed; undefined where it has none of this name, as what is no object has. */
export function fieldOf(value: unknown, name: string): unknown {
  return hasFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
