/** What to write and what to delete to get from one state of a table to another. */
export interface Difference<Key, Value> {
  /** Rows that are new or have another value. */
  readonly changed: readonly (readonly [Key, Value])[];
  readonly vanished: readonly Key[];
}

export function difference<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  after: ReadonlyMap<Key, Value>,
  isSame: (first: Value, second: Value) => boolean,
): Difference<Key, Value> {
  const changed = [...after].filter(([key, value]) => {
    const old = before.get(key);
    return old === undefined || !isSame(old, value);
  });
  return { changed, vanished: [...before.keys()].filter((key) => !after.has(key)) };
}
