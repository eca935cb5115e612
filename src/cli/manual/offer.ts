/** What can be offered for the value of an option, or for a word. */
export interface Offer {
  readonly choices: readonly string[];
  /** What is looked up when it is asked for; null where nobody can guess. */
  readonly known: "files" | "images" | "contexts" | null;
}

/** By its placeholder: `FILE` stands for files, `PATTERN` for images, and what is written small for itself. */
export function offerOf(placeholder: string): Offer {
  const parts = placeholder.replace(/[[\]]|\.\.\./g, "").split("|");
  return { choices: parts.filter((part) => /^[a-z-]+$/.test(part)), known: knownFor(parts) };
}

function knownFor(parts: readonly string[]): Offer["known"] {
  if (parts.includes("FILE")) return "files";
  if (parts.includes("IMAGE") || parts.includes("PATTERN")) return "images";
  return parts.includes("NAME") ? "contexts" : null;
}
