import { describeError, Failure } from "../text/failure.js";
import { parseGlob } from "../text/glob.js";
import { namesOf } from "../image/shown-names.js";
import type { Image } from "../image/image.js";
import { knownPart } from "../text/known-text.js";
import { linearExpression, type Expression } from "../text/linear-expression.js";
import { withOrigin } from "../text/with-origin.js";
import { canonicalNameOf, shortNameOf } from "../image/reference.js";
import { cluesOfExpression, cluesOfGlob } from "./pattern-clues.js";
import type { ImagePattern } from "./image-pattern.js";
import { indexOf } from "./pattern-index.js";

/**
 * Compiles one pattern. It is one of
 *
 * - a name, compared as docker does: `redis` is `docker.io/library/redis:latest`, and no other tag of it;
 *   `name@sha256:…` is compared with the digests that the image is known by;
 * - a glob (see glob.ts) on the whole name with its tag, familiar (`redis:7`) or full (`docker.io/library/redis:7`):
 *   `redis:*` is every tag of redis. The tag may be left out where it is `latest`. A glob with an `@` is compared with
 *   names with digest instead;
 * - an image ID, full or its first 12 digits or more, with or without `sha256:`; or a bare digest, `sha256:…`;
 * - `re:` and a regular expression (see linear-expression.ts), found anywhere in a familiar or full name with tag. When it mentions `sha256`,
 *   it is also tried on names with digest, on digests and on the ID; were it always, `re:db` would find those two digits
 *   in the ID of every fifth image.
 *
 * An image without a tag is matched only by what speaks of digests or IDs.
 *
 * @param origin where the pattern stands, for messages: `--keep`, `keep.txt:3`
 * @throws Failure of code `usage` that names the origin and says what was expected.
 */
export function parsePattern(text: string, origin: string): ImagePattern {
  return { text, origin, speaksOf: "names", ...withOrigin(origin, () => compile(text)) };
}

/**
 * A rule on the labels of an image: `KEY` (any value) or `KEY=VALUE` (exactly this value, which may be empty).
 *
 * @throws Failure of code `usage` when there is no key.
 */
export function parseLabelRule(text: string, origin: string): ImagePattern {
  const equals = text.indexOf("=");
  // Of longer ones than any rule needs, no more is known of an image, and it stays.
  const key = knownPart(equals < 0 ? text : text.slice(0, equals));
  const value = equals < 0 ? null : knownPart(text.slice(equals + 1));
  if (key.trim() === "") {
    throw new Failure("usage", `${origin}: ${JSON.stringify(text)} has no key; expected KEY or KEY=VALUE.`);
  }
  return {
    text,
    origin,
    speaksOf: "labels",
    matches: ({ labels }) => Object.hasOwn(labels, key) && (value === null || labels[key] === value),
    clues: null,
  };
}

/**
 * The patterns of a keep file, one a line. Blank lines do not count, nor does what stands behind a `#` at the
 * start of a line or after a space (a regular expression that needs ` #` writes `[#]`).
 *
 * @throws Failure of code `usage` that names file and line.
 */
export function parseKeepFile(text: string, fileName: string): ImagePattern[] {
  const lines = text.split(/\r?\n|\r/);
  return lines.flatMap((line, index) => {
    // A byte order mark counts as white space, for \s and trim alike.
    const pattern = line.replace(/(?:^|\s)#.*$/, "").trim();
    return pattern === "" ? [] : [parsePattern(pattern, `${fileName}:${index + 1}`)];
  });
}

export function matchesAny(patterns: readonly ImagePattern[], image: Image): boolean {
  return matchingPatterns(patterns, image).length > 0;
}

/** In the order in which they are given. */
export function matchingPatterns(patterns: readonly ImagePattern[], image: Image): readonly ImagePattern[] {
  return indexOf(patterns).matching(image);
}

/** The patterns that match none of the images: each is probably a slip. */
export function unmatchedPatterns(
  patterns: readonly ImagePattern[],
  images: readonly Image[],
): ImagePattern[] {
  const unmatched = new Set(patterns);
  for (const image of images) {
    if (unmatched.size === 0) break;
    for (const pattern of matchingPatterns(patterns, image)) unmatched.delete(pattern);
  }
  return [...unmatched];
}

type Matcher = Pick<ImagePattern, "matches" | "clues">;

function compile(text: string): Matcher {
  if (text.startsWith("re:")) return compileExpression(text);
  // A repository may be called `deadbeefcafe`: what can be an ID and a name is both.
  const matchers = [compileId(text), compileName(text)].filter((matcher) => matcher !== null);
  if (matchers.length === 0) return compileGlob(text);
  return {
    matches: (image) => matchers.some(({ matches }) => matches(image)),
    clues: matchers.flatMap(({ clues }) => clues ?? []),
  };
}

function compileId(text: string): Matcher | null {
  const digits = /^(?:sha256:)?([0-9a-f]{12,64})$/.exec(text)?.[1];
  if (digits === undefined) return null;
  const prefix = `sha256:${digits}`;
  return {
    matches: (image) => image.id.startsWith(prefix) || namesOf(image).digests.includes(prefix),
    clues: [[prefix]],
  };
}

function compileName(text: string): Matcher | null {
  // By grammar, `sha256:abc` is a tag of a repository called sha256; whoever writes it means an ID.
  if (text.startsWith("sha256:")) return null;
  const name = canonicalNameOf(text);
  if (name === null) return null;
  const short = shortNameOf(text);
  return {
    matches: (image) => {
      const names = namesOf(image);
      return names.canonical.includes(name) || (short !== null && names.short.includes(short));
    },
    clues: short === null ? [[name]] : [[name], [short]],
  };
}

function compileGlob(text: string): Matcher {
  const glob = parseGlob(text);
  const clues = allOf(cluesOfGlob(text));
  if (text.includes("@"))
    return { matches: (image) => namesOf(image).digested.some((name) => glob.test(name)), clues };
  const matches = (image: Image): boolean => {
    const { tagged, latest } = namesOf(image);
    return tagged.some((name) => glob.test(name)) || latest.some((name) => glob.test(name));
  };
  return { matches, clues };
}

function compileExpression(text: string): Matcher {
  const source = text.slice("re:".length);
  const expression = parseExpression(source, text);
  const speaksOfDigests = text.includes("sha256");
  const matches = (image: Image): boolean => {
    const { tagged, digested, digests } = namesOf(image);
    const candidates = speaksOfDigests ? [...tagged, ...digested, ...digests, image.id] : tagged;
    return candidates.some((name) => expression.test(name));
  };
  return { matches, clues: allOf(cluesOfExpression(source)) };
}

function allOf(clues: readonly string[]): Matcher["clues"] {
  return clues.length === 0 ? null : [clues];
}

function parseExpression(source: string, text: string): Expression {
  if (source === "") throw new Failure("usage", `"re:" is empty; expected a regular expression behind it.`);
  try {
    return linearExpression(source);
  } catch (error) {
    const expected = "re: and a regular expression as in JavaScript, without look-around and back-references";
    const problem = `${JSON.stringify(text)} cannot be read (${describeError(error)})`;
    throw new Failure("usage", `${problem}; expected ${expected}.`);
  }
}
