/** What to write and what to delete to get from one state of a table to another. */
export interface Difference<Key, Value> {
  /** Rows that are new or have another value. */
  readonly changed: readonly (readonly [Key, Value])[];
  readonly vanished: readonly Key[];
}

export function difference<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  after: ReadonlyMap<Key, Value>,
  isSame: (first: Value, second: Value, key: Key) => boolean,
): Difference<Key, Value> {
  const changed: (readonly [Key, Value])[] = [];
  let staying = 0;
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old !== undefined) staying += 1;
    if (old === undefined || !isSame(old, value, key)) changed.push([key, value]);
  }
  const vanished: Key[] = [];
  // In most runs nothing went, and there are as many rows as images.
  if (staying < before.size) for (const key of before.keys()) if (!after.has(key)) vanished.push(key);
  return { changed, vanished };
}
