import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../../../src/cli/options/config-file/parse.js";
import { options } from "../../../../../src/cli/options/options.js";
import { resolveSettings } from "../../../../../src/cli/options/settings.js";
import { Failure } from "../../../../../src/core/text/failure.js";
import { rawOf } from "../../../../support/raw.js";
import { settingsOf } from "../../../../support/config-settings.js";

const source = { path: "gc.yaml", home: "/home/ann" };

const parse = (text: string) => parseConfig(text, source);

describe("a config file", () => {
  it("gives options by their long names, each with its line", () => {
    const text = `
# why
max-age: 14d
quota: 50G      # a size
keep-recent: 3
dry-run: true
keep:
  - redis:*
  - "**/app:*"
only: [ 'team/**', x ]
`;
    expect(parse(text)).toEqual({
      flags: { "dry-run": { value: true, origin: "gc.yaml:6" } },
      values: {
        "max-age": { value: "14d", origin: "gc.yaml:3" },
        quota: { value: "50G", origin: "gc.yaml:4" },
        "keep-recent": { value: "3", origin: "gc.yaml:5" },
      },
      lists: {
        keep: [
          { value: "redis:*", origin: "gc.yaml:8" },
          { value: "**/app:*", origin: "gc.yaml:9" },
        ],
        only: [
          { value: "team/**", origin: "gc.yaml:10" },
          { value: "x", origin: "gc.yaml:10" },
        ],
      },
    });
  });

  it("may be JSON, also with tabs, a byte order mark and Windows line ends", () => {
    const settings = { quota: "50G", "keep-recent": 3, keep: ["redis:*"], quiet: false };
    for (const text of [
      JSON.stringify(settings),
      JSON.stringify(settings, null, "\t"),
      `\ufeffquota: 50G\r\n`,
    ])
      expect(parse(text).values.quota).toMatchObject({ value: "50G" });
    expect(parse(JSON.stringify(settings, null, 2)).lists.keep).toEqual([
      { value: "redis:*", origin: "gc.yaml:5" },
    ]);
  });

  it.each(["", "# nothing yet\n", "---\n", "\n\n"])("may say nothing: %j", (text) => {
    expect(parse(text)).toEqual({ flags: {}, values: {}, lists: {} });
  });

  it.each([
    ["max-age: off", "off"],
    ["max-age: 'off'", "off"],
    ['max-age: "off"', "off"],
    ["quota: 50000000000", "50000000000"],
    ["quota: 80%", "80%"],
    ["ledger: /x y/z.db", "/x y/z.db"],
    ["max-age: &age 7d", "7d"],
    ["quota: 0x10", "0x10"],
    ["quota: 1e3", "1e3"],
    ["quota: !!str 5", "5"],
    ["quota: >-\n  50G\n", "50G"],
  ])("has values as they are written: %j", (text, value) => {
    expect(Object.values(parse(text).values).map((given) => given.value)).toEqual([value]);
  });

  it("has patterns that look like numbers as they are written", () => {
    expect(
      parse("keep: [123456789012, 0123456789012, 1e2345678901]").lists.keep?.map(({ value }) => value),
    ).toEqual(["123456789012", "0123456789012", "1e2345678901"]);
  });

  it("has paths that begin at its own folder, or at home", () => {
    const from = (path: string) =>
      parseConfig("keep-file: rules/keep.txt\nledger: ~/gc.db", { path, home: "/home/ann" }).values;
    expect(from("/etc/docker-gc/config.yaml")).toMatchObject({
      "keep-file": { value: "/etc/docker-gc/rules/keep.txt" },
      ledger: { value: "/home/ann/gc.db" },
    });
    expect(from("ci/gc.yaml")["keep-file"]?.value).toBe("ci/rules/keep.txt");
    expect(parse("keep-file: /keep.txt").values["keep-file"]?.value).toBe("/keep.txt");
  });
});

describe("a config file is refused", () => {
  it.each<[string, string]>([
    ["max-age: 7d\nquotta: 5G", `gc.yaml:2: there is no option "quotta"; did you mean quota?`],
    ["max_age: 7d", `gc.yaml:1: there is no option "max_age"; did you mean max-age?`],
    ["banana: 7d", `gc.yaml:1: there is no option "banana"; expected the long name of an option.`],
    ["help: true", `gc.yaml:1: there is no option "help"; expected`],
    ["config: x.yaml", "gc.yaml:1: a config file cannot name another one; expected --config."],
    ["<<: {quota: 5G}", `gc.yaml:1: there is no option "<<"; expected`],
    ["1: 5G", "gc.yaml:1: this is not the name of an option; expected"],
    ["? [a]\n: 5G", "gc.yaml:1: this is not the name of an option; expected"],
    ["quota: 5G\n\nquota: 6G", "gc.yaml:3: quota is given twice, before at gc.yaml:1; expected it once."],
    [`quota: 5G\n"quota": 5G`, "gc.yaml:2: quota is given twice"],
    [`{"quota":"5G","quota":"6G"}`, "gc.yaml:1: quota is given twice"],
    ["quota:", "gc.yaml:1: quota has no value; expected SIZE|PERCENT|off, or no such line."],
    ["quota: ~", "quota has no value"],
    ["quota: null", "quota has no value"],
    ["? quota", "quota has no value"],
    [`quota: ""`, "gc.yaml:1: quota is empty; expected SIZE|PERCENT|off."],
    [`quota: "  "`, "quota is empty"],
    ["quota: true", "gc.yaml:1: quota takes a text; expected SIZE|PERCENT|off."],
    ["quota: [5G]", "gc.yaml:1: quota takes no list; expected SIZE|PERCENT|off."],
    ["quota: {size: 5G}", "gc.yaml:1: quota takes a text"],
    ["ledger: |\n  a\n  b\n", "gc.yaml:1: ledger has more than one line; expected FILE."],
    [`ledger: "a\\0b"`, "ledger has more than one line"],
    ["dry-run: yes", "gc.yaml:1: dry-run is on or off; expected true or false."],
    [`dry-run: "true"`, "dry-run is on or off"],
    ["dry-run: 1", "dry-run is on or off"],
    ["dry-run:", "dry-run is on or off"],
    ["keep: redis", `gc.yaml:1: keep takes a list; expected a list, with "- PATTERN" on each line.`],
    [
      "keep:",
      `gc.yaml:1: keep has no value; expected a list, with "- PATTERN" on each line, or no such line.`,
    ],
    ["only: []", "gc.yaml:1: only lists nothing; expected"],
    ["keep:\n  - a\n  -\n", "gc.yaml:3: keep has no value; expected PATTERN, or no such line."],
    ["keep:\n  - a\n  - [b]\n", "gc.yaml:3: keep takes a text; expected PATTERN."],
    ["keep:\n  - a\n  - redis: 7\n", "gc.yaml:3: keep takes a text"],
    ["keep:\n  - true", "gc.yaml:2: keep takes a text"],
    [
      "keep:\n  - **/app:7",
      "gc.yaml:2: YAML takes **/app:7 for an alias; expected PATTERN, in quotes where it begins with a star.",
    ],
    ["max-age: &a 7d\ngrace: *a", "gc.yaml:2: YAML takes *a for an alias; expected DURATION"],
    ["- quota: 5G", `gc.yaml:1: options have names; expected lines such as "quota: 50G".`],
    ["quota", "gc.yaml:1: options have names"],
    ["quota 50G\ngrace: 1h", "gc.yaml:1: this is not YAML ("],
    ["max-age: 7d\n  quota: 5G", "gc.yaml:1: this is not YAML ("],
    [
      "max-age: 7d\n\tquota: 5G",
      "gc.yaml:2: this is not YAML (Tabs are not allowed as indentation); expected",
    ],
    ["quota: 'x", "gc.yaml:1: this is not YAML ("],
    ["quota: !size 5G", "gc.yaml:1: this is not YAML (Unresolved tag: !size)"],
    ["quota: 5G\n---\nquota: 6G", "gc.yaml:2: a second document begins; expected one."],
    [
      "%YAML 1.1\n---\nmax-age: off",
      "gc.yaml:1: YAML 1.1 reads words such as off differently; expected YAML 1.2.",
    ],
  ])("%j", (text, sentence) => {
    expect(() => parse(text)).toThrow(Failure);
    expect(() => parse(text)).toThrow(sentence);
    expect(() => parse(text)).toThrow(/^gc\.yaml:\d+: [^\n]*[.?]$/);
  });

  it.each(["[", "{a: ", "- ", "? "])("that goes too deep: %j", (opening) => {
    expect(() => parse(opening.repeat(5000))).toThrow(/^gc\.yaml:1: [^\n]*; expected [^\n]*\.$/);
  });

  it.each<[string, string]>([
    ["max-age: 7d\nquota: lots\n", `:2: "lots" is not a size; expected`],
    ["max-age: 7\n", `:1: "7" is not a duration; expected`],
    ["keep-recent: -1\n", `:1: "-1" is not valid`],
    ["keep:\n - ok\n - '[x'\n", `:3: "[x" cannot be read`],
    ["color: yes\n", `:1: "yes" is not among the choices`],
    ["quota-target: 5G\n", ":1: there is no quota to go with"],
  ])("with what a flag would be refused for, at its line: %j", async (text, sentence) => {
    await expect(settingsOf(text)).rejects.toMatchObject({ name: "Failure", code: "usage" });
    await expect(settingsOf(text)).rejects.toThrow(`config.yaml${sentence}`);
  });

  it("with two options that exclude each other", async () => {
    await expect(settingsOf("quiet: true\nverbose: true\n")).rejects.toThrow(
      /config\.yaml:1 and \/.*config\.yaml:2 exclude each other/,
    );
    await expect(settingsOf("host: unix:///x\ncontext: y\n")).rejects.toThrow(/exclude each other/);
  });
});

it("nothing but a usage failure is ever thrown, whatever a config file holds", () => {
  const key = fc.oneof(fc.constantFrom(...options.map(({ name }) => name)), fc.string());
  const fragment = fc.constantFrom(
    ": ",
    "\n",
    "- ",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!!int ",
    "!x ",
    "'",
    '"',
    "|\n",
    ">",
    "#",
    "---\n",
    "...",
    "%YAML 1.1\n",
    "<<",
    "? ",
    "off",
    "true",
    "null",
    "7d",
    "5G",
    "0x1",
    "re:(",
    "\u0000",
    "\ud800",
    "\\",
  );
  const structured = fc
    .dictionary(key, fc.oneof(fc.jsonValue(), fc.constantFrom("7d", "5G", "off", "80%", "json")), {
      maxKeys: 4,
    })
    .map((value) => JSON.stringify(value));
  const loose = fc.array(fc.oneof(key, fragment), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(structured, loose, fc.string({ unit: "binary" })), (text) => {
      try {
        const given = parse(text);
        resolveSettings({ ...rawOf([]), ...given }, { readFile: () => "" });
      } catch (error) {
        expect(error).toMatchObject({ name: "Failure", code: "usage" });
        expect((error as Failure).message).toMatch(/^[^\n]+$/);
      }
    }),
    { numRuns: 1000 },
  );
});
