import type { ImageId } from "../image/image.js";
import { append } from "../text/append.js";
import { namesOf } from "../image/shown-names.js";
import { canonicalNameOf, parseReference, withoutTagAndDigest } from "../image/reference.js";
import { parsePattern } from "../policy/patterns.js";
import { findImages, relatedNames, type OfImage } from "./find-image.js";
import type { PastRemoval } from "./history.js";
import { imageOf } from "./past.js";

/** An image that is not there any more, with its removals, the newest first. */
export interface RemovedOnce extends OfImage {
  readonly removals: readonly [PastRemoval, ...PastRemoval[]];
}

/** What one word stands for: all of these images, or none. */
export type AskedImages<Subject> =
  | { readonly kind: "found"; readonly present: readonly Subject[]; readonly removed: readonly RemovedOnce[] }
  | { readonly kind: "several"; readonly all: readonly Subject[] }
  /** `related`: names of the same repository. */
  | { readonly kind: "none"; readonly related: readonly string[] };

/** Images that were removed and are not there, the last one removed first. */
export function removedImages(removals: readonly PastRemoval[], present: Iterable<ImageId>): RemovedOnce[] {
  const there = new Set(present);
  const byImage = new Map<ImageId, PastRemoval[]>();
  for (const removal of removals) {
    if (!there.has(removal.imageId)) append(byImage, removal.imageId, removal);
  }
  return [...byImage.values()].flatMap((all) => {
    const [last, ...before] = all;
    if (last === undefined) return [];
    // It may have had other names each time.
    const names = [...new Set(all.flatMap((removal) => removal.names))];
    return [{ image: imageOf({ ...last, names }), removals: [last, ...before] }];
  });
}

/**
 * The images that a person means: by a pattern, all that it matches, or whose names end so, removed ones, too. Else what the word says most exactly, and
 * what is there before what was removed: a name or an ID (see findImages); without a tag, every tag of the repository; the end of a
 * name, as `web` of `registry.example.com/shop/web`; a repository of which only digests are there.
 *
 * @throws Failure of code `usage` for a pattern that cannot be read.
 */
export function findAsked<Subject extends OfImage>(
  word: string,
  present: readonly Subject[],
  removed: readonly RemovedOnce[],
): AskedImages<Subject> {
  if (isPattern(word)) {
    const patterns = word.startsWith("re:") ? [word] : [word, `**/${word}`];
    for (const pattern of patterns) {
      const { matches } = parsePattern(pattern, "explain");
      const isMatch = ({ image }: OfImage) => matches(image);
      const all = [present.filter(isMatch), removed.filter(isMatch)] as const;
      if (all.some((some) => some.length > 0)) return found(...all);
    }
    return { kind: "none", related: [] };
  }
  const exact = findImages(word, present);
  if (exact.length > 1 && !isName(word, exact)) return { kind: "several", all: exact };
  if (exact.length > 0) return found(exact, []);
  const gone = findImages(word, removed);
  if (gone.length > 0) return found([], gone);
  for (const isMeant of lessExact(word)) {
    const meant = present.filter(isMeant);
    const others = meant.length > 0 ? [] : removed.filter(isMeant);
    if (meant.length + others.length > 0) return found(meant, others);
  }
  return {
    kind: "none",
    related: [...new Set([present, removed].flatMap((all) => relatedNames(word, all)))],
  };
}

function found<Subject>(
  present: readonly Subject[],
  removed: readonly RemovedOnce[],
): AskedImages<Subject> & { kind: "found" } {
  return { kind: "found", present, removed };
}

/** What can be a name is one, also with the brackets of an address. */
function isPattern(word: string): boolean {
  return word.startsWith("re:") || (canonicalNameOf(word) === null && /[*?[{]/.test(word));
}

/** A tag beside a digest is the name of several images; of several IDs, a person means one. */
function isName(word: string, all: readonly OfImage[]): boolean {
  const name = canonicalNameOf(word);
  return name !== null && all.every(({ image }) => namesOf(image).canonical.includes(name));
}

type Test = (subject: OfImage) => boolean;

/** Each less exact than the one before. */
function lessExact(word: string): Test[] {
  const asked = parseReference(word);
  if (asked === null) return [];
  const endsWith =
    (ending: string): Test =>
    ({ image }) => {
      const { tagged, digested } = namesOf(image);
      return [...tagged, ...digested].some((name) => name.endsWith(`/${ending}`));
    };
  if (asked.tag !== null || asked.digest !== null) return [endsWith(word)];
  const repositoriesOf = ({ image }: OfImage) =>
    namesOf(image).tagged.map((name) => name.slice(0, name.lastIndexOf(":")));
  return [
    (subject) => repositoriesOf(subject).includes(word),
    endsWith(`${word}:latest`),
    (subject) => repositoriesOf(subject).some((name) => name.endsWith(`/${word}`)),
    ({ image }) => namesOf(image).digested.some((name) => withoutTagAndDigest(name) === word),
  ];
}
