/** Characters of a name, of a label's key or value, of an address or an ID. References have at most 520. */
export const mostCharacters = 1024;

/**
 * As much of a text as is kept of it where it comes from outside: one character more than any may have, so that it differs from
 * every text that is whole.
 */
export function knownPart(text: string): string {
  return text.slice(0, mostCharacters + 1);
}

/** Whether a text was cut where it entered, so that nobody knows all of it. */
export function isCut(text: string): boolean {
  return text.length > mostCharacters;
}
