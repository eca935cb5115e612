import fc from "fast-check";
import { expect, it } from "vitest";
import type { Image } from "../../../../src/core/image/image.js";
import type { ImagePattern } from "../../../../src/core/policy/image-pattern.js";
import { matchingPatterns, parsePattern } from "../../../../src/core/policy/patterns.js";
import { image, imageId } from "../../../support/values.js";

const digest = `sha256:${"cd".repeat(32)}`;
const repositories = [
  "app",
  "team/app",
  "docker.io/team/app",
  "host.example:5000/team/app",
  "ab/aab",
  "cdcdcdcdcdcd",
];

const images = fc
  .record({
    tags: fc.uniqueArray(fc.tuple(fc.constantFrom(...repositories), fc.constantFrom("latest", "1", "a-b")), {
      maxLength: 2,
    }),
    digests: fc.uniqueArray(fc.constantFrom(...repositories), { maxLength: 1 }),
    short: fc.boolean(),
  })
  .map(({ tags, digests, short }): Image =>
    image("one", {
      id: imageId("one"),
      tags: tags.map(([repository, tag]) => `${repository}:${tag}`),
      digests: digests.map((repository) => `${repository}@${digest}`),
      ...(short ? { shortNames: ["team/app:latest"] } : {}),
    }),
  );

const ofGlobs = [
  "app",
  "team",
  "/",
  "*",
  "**",
  "?",
  ":",
  "1",
  "[a-z]",
  "{a,team}",
  "docker.io/",
  "library/",
  "index.docker.io/",
  "./",
  "host.example:5000",
  "@",
  "sha256:",
  "latest",
];
const ofExpressions = [
  "app",
  "team",
  "/",
  ".*",
  ".",
  "^",
  "$",
  ":1",
  "a+",
  "b?",
  "b{0}",
  "b{1,2}",
  "[ab]",
  "[^]a]",
  "(?:b|team)",
  "(ab)?",
  "|",
  "\\.",
  "\\/",
  "\\w",
  "\\d",
  "\\x61",
  "\\u{61}",
  "sha256",
  "ab*",
  "library",
];

function joined(parts: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 }).map((some) => some.join(""));
}

const texts = fc.oneof(
  fc.constantFrom(
    "app",
    "team/app:1",
    "docker.io/app",
    "index.docker.io/team/app",
    "cdcdcdcdcdcd",
    digest,
    imageId("one"),
    `team/app@${digest}`,
  ),
  joined(ofGlobs),
  joined(ofExpressions).map((source) => `re:${source}`),
);

/** None for what no pattern is. */
function patternOf(text: string): ImagePattern[] {
  try {
    return [parsePattern(text, "--keep")];
  } catch {
    return [];
  }
}

it("finds the patterns that match, and no other, in their order", () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(texts, { maxLength: 30 }), images, (all, one) => {
      const patterns = all.flatMap(patternOf);
      const matching = patterns.filter((pattern) => pattern.matches(one));
      found += matching.filter(({ clues }) => clues !== null).length;
      expect(matchingPatterns(patterns, one).map(({ text }) => text)).toEqual(
        matching.map(({ text }) => text),
      );
    }),
    { numRuns: 300 },
  );
  // Otherwise nothing was found by a clue.
  expect(found).toBeGreaterThan(30);
});

it("tries only those whose rarest clue stands in a name, where all begin alike", () => {
  const numbers = Array.from({ length: 100 }, (_, number) => number);
  let tried = 0;
  const patterns = numbers.map((number): ImagePattern => {
    const pattern = parsePattern(`re:^registry\\.example/team-\\d+/app-${number}:`, "--keep");
    const matches = (each: Image): boolean => {
      tried += 1;
      return pattern.matches(each);
    };
    return { ...pattern, matches };
  });
  const one = image("app", { tags: ["registry.example/team-1/app-42:1"] });
  expect(matchingPatterns(patterns, one)).toEqual([patterns[42]]);
  expect(tried).toBe(1);
});

it.each<readonly [string, readonly (readonly string[])[] | null]>([
  ["registry.example/team/*", [["registry.example/team"]]],
  ["docker.io/redis*", [["redis"]]],
  ["registry.example/*/app-7:*", [["registry.example", "app-7:"]]],
  ["team/**", [["team"]]],
  ["**/app:*", [["app:"]]],
  ["{app,web}-prod*", null],
  ["*", null],
  ["./app*", null],
  ["redis:7", [["docker.io/library/redis:7"], ["redis:7"]]],
  ["re:^registry\\.example/app-", [["registry.example/app-"]]],
  ["re:apps?:[0-9]+-rc1", [["app", "-rc1"]]],
  ["re:(?:app|web)-prod", [["-prod"]]],
  ["re:app|web", null],
  ["re:\\x61pp-prod", null],
])("%s is tried where %j stands", (text, clues) => {
  expect(parsePattern(text, "--keep").clues).toEqual(clues);
});
