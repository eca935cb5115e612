import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../../src/core/text/failure.js";
import type { Image, ImageId } from "../../../../src/core/image/image.js";
import {
  matchesAny,
  parseKeepFile,
  parseLabelRule,
  parsePattern,
} from "../../../../src/core/policy/patterns.js";
import { unmatchedPatterns } from "../../../../src/core/policy/patterns.js";

const idDigits = "0123456789abcdef".repeat(4);
const digest = `sha256:${"cd".repeat(32)}`;

function imageOf(parts: Partial<Image> = {}): Image {
  const id = `sha256:${idDigits}` as ImageId;
  const usual = {
    id,
    parentId: null,
    tags: [],
    digests: [],
    labels: {},
    sizeBytes: 1,
    createdAt: null,
    manifests: [],
  };
  return { ...usual, ...parts };
}

function matches(pattern: string, ...tags: string[]): boolean {
  return parsePattern(pattern, "--keep").matches(imageOf({ tags }));
}

describe("a name", () => {
  it.each([
    ["redis", "redis:latest", true],
    ["redis", "docker.io/library/redis:latest", true],
    ["redis", "redis:7", false],
    ["redis", "team/redis:latest", false],
    ["redis", "quay.io/library/redis:latest", false],
    ["redis:7", "redis:7", true],
    ["redis:7", "redis:7.2", false],
    ["docker.io/library/redis:latest", "redis:latest", true],
    ["docker.io/redis", "redis:latest", true],
    ["index.docker.io/library/redis", "redis:latest", true],
    ["library/redis:7", "redis:7", true],
    ["team/app:1", "docker.io/team/app:1", true],
    ["host:5000/app", "host:5000/app:latest", true],
    ["host:5000/app:1", "host:5000/app:1", true],
    ["host:5000/app:1", "host:5001/app:1", false],
    ["[::1]:5000/app:1", "[::1]:5000/app:1", true],
    ["localhost/x", "localhost/x:latest", true],
    ["x", "localhost/x:latest", false],
    ["redis:Alpine", "redis:alpine", false],
  ])("%s on %s: %s", (pattern, tag, expected) => {
    expect(matches(pattern, tag)).toBe(expected);
  });

  it("is enough on any of several tags", () => {
    expect(matches("app:2", "app:1", "other:1", "app:2")).toBe(true);
  });
});

describe("a glob", () => {
  it.each([
    ["redis:*", "redis:7", true],
    ["redis:*", "redis:7.2-alpine", true],
    ["redis:*", "docker.io/library/redis:7", true],
    ["redis:*", "redis-stack:7", false],
    ["redis:7*", "redis:7.2", true],
    ["docker.io/library/redis:*", "redis:7", true],
    ["docker.io/redis:*", "redis:7", true],
    ["index.docker.io/redis:*", "redis:7", true],
    ["docker.io/*", "redis:7", true],
    ["docker.io/*", "team/app:7", false],
    ["docker.io/**", "team/app:7", true],
    ["docker.io/**", "redis:7", true],
    ["docker.io/**", "quay.io/app:7", false],
    ["docker.io/team/*", "team/app:7", true],
    ["*", "redis:7", true],
    ["*", "team/app:7", false],
    ["*", "localhost/app:7", false],
    ["*/*", "team/app:7", true],
    ["*/*", "redis:7", false],
    ["**", "host:5000/a/b/c:7", true],
    ["team/*", "team/app:7", true],
    ["team/*", "team/sub/app:7", false],
    ["team/**", "team/sub/app:7", true],
    ["team/**", "steam/app:7", false],
    ["**/app:*", "app:7", true],
    ["**/app:*", "host:5000/a/app:7", true],
    ["**/*:latest", "a/b/c:latest", true],
    ["**/*:latest", "redis:latest", true],
    ["**/*:latest", "redis:7", false],
    ["host:5000/*", "host:5000/app:7", true],
    ["host:*/app:7", "host:5000/app:7", true],
    ["localhost/*", "localhost/x:latest", true],
    ["r?dis", "redis:latest", true],
    ["r?dis", "redis:7", false],
    ["r?dis:7", "redis:7", true],
    ["{redis,postgres}", "postgres:latest", true],
    ["{redis,postgres}", "postgres:16", false],
    ["{redis,postgres}:*", "postgres:16", true],
    ["{a-{1,2},b}:*", "a-2:x", true],
    ["redis{,-stack}:*", "redis:1", true],
    ["app:[0-9]*", "app:1", true],
    ["app:[0-9]*", "app:x", false],
    ["app:[!d]*", "app:dev", false],
    ["app:[!d]*", "app:prod", true],
    ["app:[^d]*", "app:dev", false],
    ["app:[[:digit:]]", "app:7", true],
    ["app.x:*", "appax:1", false],
    ["*:V1", "app:v1", false],
  ])("%s on %s: %s", (pattern, tag, expected) => {
    expect(matches(pattern, tag)).toBe(expected);
  });

  it("with an @ goes by names with digest", () => {
    const image = imageOf({ tags: ["app:1"], digests: [`redis@${digest}`] });
    expect(parsePattern("redis@*", "--keep").matches(image)).toBe(true);
    expect(parsePattern("docker.io/library/redis@sha256:*", "--keep").matches(image)).toBe(true);
    expect(parsePattern("app@*", "--keep").matches(image)).toBe(false);
    expect(parsePattern("redis*", "--keep").matches(image)).toBe(false);
  });
});

describe("a digest or an ID", () => {
  const image = imageOf({ digests: [`app@${digest}`] });

  it.each([
    [digest, true],
    [`app@${digest}`, true],
    [`app:1@${digest}`, true],
    [`docker.io/library/app@${digest}`, true],
    [`other@${digest}`, false],
    [`app@sha256:${"ef".repeat(32)}`, false],
    [`sha256:${"cd".repeat(10)}`, false],
    [`sha256:${idDigits}`, true],
    [idDigits, true],
    [idDigits.slice(0, 12), true],
    [`sha256:${idDigits.slice(0, 12)}`, true],
    [idDigits.slice(0, 40), true],
    [idDigits.slice(1, 20), false],
    [idDigits.slice(0, 11), false],
  ])("%s: %s", (pattern, expected) => {
    expect(parsePattern(pattern, "--keep").matches(image)).toBe(expected);
  });

  it("of 12 digits may be a repository as well", () => {
    expect(matches("deadbeefcafe", "deadbeefcafe:latest")).toBe(true);
  });
});

it.each([
  ["app:1", true],
  ["docker.io/library/app:1", true],
  ["app:*", true],
  ["**", true],
  ["re:^app:1$", true],
  [`app@${digest}`, true],
  [`app:1@${digest}`, true],
  ["app:1@*", true],
  ["app@*", true],
  [digest, true],
  ["app", false],
  ["app:2", false],
])("a tag beside a digest counts as a tag: %s: %s", (pattern, expected) => {
  const image = imageOf({ digests: [`app:1@${digest}`] });
  expect(parsePattern(pattern, "--keep").matches(image)).toBe(expected);
});

it.each([
  ["redis:7", true],
  ["redis:*", true],
  ["re:^redis:7$", true],
  ["localhost/redis:7", true],
  ["docker.io/library/redis:7", false],
  ["redis", false],
  ["quay.io/redis:7", false],
])("a name without a registry means Podman's localhost: %s: %s", (pattern, expected) => {
  const image = imageOf({ tags: ["localhost/redis:7"], shortNames: ["redis:7"] });
  expect(parsePattern(pattern, "--keep").matches(image)).toBe(expected);
});

describe("a regular expression", () => {
  it.each([
    ["re:^redis:", "redis:7", true],
    ["re:^redis$", "redis:latest", false],
    ["re:^docker\\.io/library/", "redis:7", true],
    ["re:edi", "redis:7", true],
    ["re:(?<name>redis)", "redis:7", true],
    ["re:\\p{L}{5}:\\d$", "redis:7", true],
    ["re:\\u{72}edis", "redis:7", true],
    ["re:^REDIS", "redis:7", false],
    ["re:^0123", "redis:7", false],
    ["re:cdef", "redis:7", false],
    ["re:^sha256:0123", "redis:7", true],
    ["re:^sha256:1123", "redis:7", false],
  ])("%s on %s: %s", (pattern, tag, expected) => {
    expect(matches(pattern, tag)).toBe(expected);
  });

  it("is tried on digests when it speaks of them", () => {
    const image = imageOf({ digests: [`app@${digest}`] });
    expect(parsePattern("re:^app@sha256:cd", "--keep").matches(image)).toBe(true);
    expect(parsePattern("re:^sha256:cdcd", "--keep").matches(image)).toBe(true);
    expect(parsePattern("re:^app@", "--keep").matches(image)).toBe(false);
  });
});

it.each([
  "re:team/(\\w+-?)+:prod$",
  "re:(a+)+$",
  "re:(a|aa)*!",
  "**/*a*a*a*a*a*a*a*b:*",
  "*:*-*-*-*-*-*-*-*-*-*-x",
])("%s takes no time with a name that is made for it to take hours", (text) => {
  const pattern = parsePattern(text, "--keep");
  const start = performance.now();
  for (const tag of [
    `registry.example/team/${"a".repeat(100)}:latest`,
    `a:${"-a".repeat(60)}`,
    `${"a".repeat(200)}:1`,
  ])
    expect(pattern.matches(imageOf({ tags: [tag] }))).toBe(text === "re:(a+)+$" && tag.endsWith("a"));
  expect(performance.now() - start).toBeLessThan(1000);
});

it.each([
  ["**/x/**/y*:*", "a/x/b/c/yes:1", true],
  ["**/x/**/y*:*", "a/x/b/c/no:1", false],
  ["*-*-*:1", "a-b-c:1", true],
  ["*-*-*:1", "a/a-b-c:1", false],
  ["{a,b}*/x*:[!a]*", "b1/x2:c", true],
  ["{a,b}*/x*:[!a]*", "b1/x2:a", false],
  ["a*[[:digit:]]*:*", "app7:latest", true],
  ["**/*.*:*", "localhost/app:1.2", false],
])("a glob with many wildcards means the same as one with few: %s on %s: %s", (pattern, tag, expected) => {
  expect(matches(pattern, tag)).toBe(expected);
});

it("an untagged image is matched by no rule on names", () => {
  const image = imageOf({ digests: [`app@${digest}`] });
  for (const pattern of ["*", "**", "app", "app:*", "re:.*", "re:app", "**/*"]) {
    expect(parsePattern(pattern, "--keep").matches(image), pattern).toBe(false);
  }
});

it.each([
  ..."|!redis|!redis:*|redis:|Redis|re dis|a//b*|/a*|team/*/|team*/|a[|a[b|a]|a{b,c|a}|{a}|{1..3}|{1..3,5}|[z-a]".split(
    "|",
  ),
  ...[
    "redis,postgres",
    "redis:*,postgres:*",
    "a(b)*",
    "a\\*",
    "a b*",
    "**:latest",
    "app**",
    "docker.io/**:1",
    "{team/**,x}",
    "a;b*",
    "a|b*",
    "@(a|b)",
    "app:@(a|b)*",
  ],
  ...[
    "sha256:",
    "sha256:abc",
    "sha256:*",
    `sha256:${"g".repeat(64)}`,
    `sha256:${"a".repeat(65)}`,
    "--keep",
    " redis",
  ],
  // Look-around and back-references cannot be matched in bounded time.
  ...["re:^(?!.*:latest$)", "re:(?<=a)b", "re:(a)\\1", "re:(?<x>a)\\k<x>"],
  ...["re:", "re:[", "re:(", "re:(?i)x", "re:\\-", "re:a{2,1}", "*".repeat(70_000)],
])("refuses %j, naming where it stands and what was expected", (text) => {
  expect(() => parsePattern(text, "keep.txt:3")).toThrow(Failure);
  expect(() => parsePattern(text, "keep.txt:3")).toThrow(/^keep\.txt:3: .*expected/s);
});

it("never throws anything but a usage failure, whatever the pattern, and then answers for any image", () => {
  const almostPatterns = fc.stringMatching(/^(re:|sha256:|docker\.io\/)?[a-c*?{},[\]/:.@!()|\\-]{0,12}$/);
  const image = imageOf({ tags: ["a/b:c", "redis:latest"], digests: [`a@${digest}`] });
  fc.assert(
    fc.property(fc.oneof(fc.string(), almostPatterns), (text) => {
      try {
        expect(parsePattern(text, "--keep").matches(image)).toBeTypeOf("boolean");
      } catch (error) {
        expect(error).toMatchObject({ name: "Failure", code: "usage" });
      }
    }),
    { numRuns: 2000 },
  );
});

describe("parseLabelRule", () => {
  const image = imageOf({ labels: { keep: "", "com.example/tier": "base=1" } });

  it.each([
    ["keep", true],
    ["keep=", true],
    ["keep=yes", false],
    ["com.example/tier", true],
    ["com.example/tier=base=1", true],
    ["com.example/tier=base", false],
    ["Keep", false],
    ["kee", false],
    ["constructor", false],
    ["__proto__", false],
  ])("%s: %s", (rule, expected) => {
    expect(parseLabelRule(rule, "--keep-label").matches(image)).toBe(expected);
  });

  it.each(["", "=", "=x", " ", " =x"])("refuses %j", (rule) => {
    expect(() => parseLabelRule(rule, "--keep-label")).toThrow(/^--keep-label: .*expected KEY or KEY=VALUE/);
  });
});

describe("parseKeepFile", () => {
  it("reads one pattern a line, past comments, blank lines, CRLF and a byte order mark", () => {
    const text =
      "\uFEFFredis:7\r\n\r\n# a comment\r\n  team/*  # with a reason\n\t\nre:[#]x\n   # indented\nlast";
    const patterns = parseKeepFile(text, "keep.txt");
    expect(patterns.map(({ text: pattern, origin }) => [origin, pattern])).toEqual([
      ["keep.txt:1", "redis:7"],
      ["keep.txt:4", "team/*"],
      ["keep.txt:6", "re:[#]x"],
      ["keep.txt:8", "last"],
    ]);
  });

  it.each(["", "\n\n", "# nothing", "\uFEFF"])("finds nothing in %j", (text) => {
    expect(parseKeepFile(text, "keep.txt")).toEqual([]);
  });

  it("names the line of a bad pattern", () => {
    expect(() => parseKeepFile("redis\n\nteam/[", "keep.txt")).toThrow(/^keep\.txt:3: /);
    expect(() => parseKeepFile("r\u0000\u0000e", "keep.txt")).toThrow(Failure);
  });
});

describe("rules together", () => {
  const patterns = ["redis:*", "team/*", "nothing"].map((text) => parsePattern(text, "--keep"));
  const images = [
    imageOf({ tags: ["redis:7"] }),
    imageOf({ tags: ["team/app:1"] }),
    imageOf({ tags: ["x:1"] }),
  ];

  it("match when any of them does", () => {
    expect(images.map((image) => matchesAny(patterns, image))).toEqual([true, true, false]);
    expect(matchesAny([], imageOf({ tags: ["redis:7"] }))).toBe(false);
  });

  it("are told apart from those that match nothing", () => {
    expect(unmatchedPatterns(patterns, images).map(({ text }) => text)).toEqual(["nothing"]);
    expect(unmatchedPatterns(patterns, [])).toHaveLength(3);
  });

  it("are tried on 10,000 images by 20 patterns in less than two seconds of a processor", () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      imageOf({ tags: [`registry.example/team${index % 50}/app:${index}`, `app${index}:latest`] }),
    );
    const rules = Array.from({ length: 20 }, (_, index) =>
      parsePattern(index % 2 === 0 ? `registry.example/none${index}/*:*` : `re:^none${index}`, "--keep"),
    );
    const start = process.cpuUsage();
    expect(many.filter((image) => matchesAny(rules, image))).toHaveLength(0);
    // Not by the clock: a busy machine lets a test wait.
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
  });
});
