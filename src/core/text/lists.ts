/** `a`, `a or b`, `a, b or c` */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** `a, b and 3 more`: no more than so many are named. */
export function shortList(words: readonly string[], most: number): string {
  const further = words.length - most;
  return words.slice(0, most).join(", ") + (further > 0 ? ` and ${further} more` : "");
}
