import { append } from "../text/append.js";
import { once } from "../text/once.js";
import type { Image, ImageId, ManifestDigest } from "./image.js";
import { shownTags } from "./shown-names.js";
import { canonicalNameOf } from "./reference.js";

/** What names stand for, by canonical spelling (see reference.ts), tags and digests. */
export type NameLookup = Pick<ReadonlyMap<string, ImageId>, "get" | "has" | "size">;

/**
 * The names of many images. It is made when it is first asked: a run in which nothing happens asks for no name, and to
 * spell the names of 10,000 images takes longer than to parse their listing.
 */
export class NameIndex implements NameLookup {
  readonly #index: () => ReadonlyMap<string, ImageId>;

  /** @param listNames in any spelling */
  constructor(listNames: () => Iterable<readonly [name: string, image: ImageId]>) {
    this.#index = once(() => {
      const names = new Map<string, ImageId>();
      for (const [listed, image] of listNames()) {
        const name = canonicalNameOf(listed);
        if (name !== null) names.set(name, image);
      }
      return names;
    });
  }

  get(name: string): ImageId | undefined {
    return this.#index().get(name);
  }

  has(name: string): boolean {
    return this.#index().has(name);
  }

  get size(): number {
    return this.#index().size;
  }
}

/** What names stand for at the end of a window of events: what the listing says, but for those that moved meanwhile. */
export interface NamesAtEnd {
  /** False where any name may have moved: then all of them are in doubt. */
  readonly isKnown: boolean;
  /** By canonical spelling. */
  readonly moved: ReadonlyMap<string, MovedName>;
}

/** What a name stands for now; or, where that is in doubt, the images that were seen to be given it, be there any. */
export interface MovedName {
  readonly isCertain: boolean;
  readonly images: readonly ImageId[];
}

const separator = "\n";

/** In front of a name that may have moved to another image by the checkpoint. */
const doubtMark = "?";

/** The names of an image in one text, as the ledger has them; those that are in doubt are marked. */
export type NamesText = string;

/** The text that goes into the ledger for each listed image. */
export function namesTextOf({ isKnown, moved }: NamesAtEnd): (image: Image) => NamesText {
  if (isKnown && moved.size === 0) return textOf;
  const mark = isKnown ? "" : doubtMark;
  const taken = new Map<ImageId, string[]>();
  for (const [name, { images }] of moved) {
    for (const image of images) append(taken, image, name);
  }
  const marked = (name: string): string =>
    (moved.get(canonicalNameOf(name) ?? name)?.isCertain === false ? doubtMark : mark) + name;
  return ({ id, tags, digests }) => {
    const listed = [...tags, ...digests];
    const staying = listed.filter((name) => moved.get(canonicalNameOf(name) ?? name)?.isCertain !== true);
    const known = new Set(staying.map((name) => canonicalNameOf(name)));
    const given = (taken.get(id) ?? []).filter((name) => !known.has(name));
    return [...staying, ...given].map(marked).join(separator);
  };
}

function textOf({ tags, digests }: Image): NamesText {
  const names = digests.length === 0 ? tags : [...tags, ...digests];
  return names.join(separator);
}

/** The tags alone of such a text, those beside a digest included. */
export function tagsIn(text: NamesText): NamesText {
  const all = namesOf(text);
  return shownTags({
    tags: all.filter((name) => !name.includes("@")),
    digests: all.filter((name) => name.includes("@")),
  }).join(separator);
}

/** The names in such a text, in any spelling, those in doubt included. */
export function namesOf(text: NamesText): readonly string[] {
  return linesOf(text).map((line) => (line.startsWith(doubtMark) ? line.slice(doubtMark.length) : line));
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(separator);
}

/** The manifests of an image in one text, as the ledger has them. */
export type ManifestsText = string;

export function manifestsTextOf({ manifests }: Pick<Image, "manifests">): ManifestsText | null {
  return manifests === null ? null : manifests.join(separator);
}

export function manifestsIn(text: ManifestsText): readonly ManifestDigest[] {
  return linesOf(text);
}

type Named = ReadonlyMap<ImageId, { readonly names: NamesText }>;

/** What names stood for, as such texts say for certain. */
export function namesIn(images: Named): NameIndex {
  return new NameIndex(function* () {
    for (const [id, { names }] of images)
      for (const line of linesOf(names)) if (!line.startsWith(doubtMark)) yield [line, id];
  });
}

/** What the names stood for that may have moved by the checkpoint. */
export function doubtfulNamesIn(images: Named): NameIndex {
  return new NameIndex(function* () {
    for (const [id, { names }] of images)
      for (const line of linesOf(names))
        if (line.startsWith(doubtMark)) yield [line.slice(doubtMark.length), id];
  });
}
