import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../../src/cli/options/arguments.js";
import { commands } from "../../../../src/cli/commands.js";
import { isTakenBy, options } from "../../../../src/cli/options/options.js";
import type { Request } from "../../../../src/cli/options/raw-options.js";
import { Failure } from "../../../../src/core/text/failure.js";
import { bareRun, rawOf } from "../../../support/raw.js";

const typed = (value: unknown, name: string) => ({ value, origin: `--${name}` });

describe("the command line", () => {
  it("may be empty, or name a command", () => {
    expect(rawOf([])).toEqual(bareRun);
    expect(rawOf(["run"])).toEqual(bareRun);
    expect(rawOf(["config"])).toEqual({ ...bareRun, command: "config" });
  });

  it.each<[readonly string[], Request]>([
    [["help"], { kind: "help", command: null }],
    [["help", "status"], { kind: "help", command: "status" }],
    [["help", "help"], { kind: "help", command: null }],
    [["version"], { kind: "version" }],
  ])("takes an option's name for a command: %j", (argv, request) => {
    expect(parseArguments(argv, {})).toEqual(request);
  });

  it.each([[["--quota", "5G"]], [["--quota=5G"]], [["run", "--quota", "5G"]], [["--quota", "5G", "run"]]])(
    "takes a value from %j",
    (argv) => {
      expect(rawOf(argv, {}).values).toEqual({ quota: typed("5G", "quota") });
    },
  );

  it.each([
    [["--dry-run", "--quiet", "--host", "unix:///x", "--output", "json"]],
    [["-n", "-q", "-H", "unix:///x", "-o", "json"]],
    [["-nq", "-Hunix:///x", "-ojson"]],
    [["-qnH", "unix:///x", "-o=json"]],
    [["-nqH=unix:///x", "--output=json"]],
    [["-o", "json", "run", "-H", "unix:///x", "-nq"]],
  ])("reads short options alone, in groups, and with their value attached: %j", (argv) => {
    const { flags, values } = rawOf(argv, {});
    expect(flags).toEqual({ "dry-run": typed(true, "dry-run"), quiet: typed(true, "quiet") });
    expect(values).toEqual({ host: typed("unix:///x", "host"), output: typed("json", "output") });
  });

  it.each(["status", "explain", "import"] as const)(
    "takes --dry-run with %s, which removes nothing anyhow",
    (name) => {
      expect(rawOf([name, "--dry-run", ...(name === "status" ? [] : ["x"])], {}).flags).toEqual({
        "dry-run": typed(true, "dry-run"),
      });
    },
  );

  it("gathers lists in order, and passes a value that begins with a dash when it is attached", () => {
    const { lists } = rawOf(["--keep", "b", "--keep=-x", "--keep", "a", "--only=re:=x=", "--keep", "b"], {});
    expect(lists).toEqual({
      keep: ["b", "-x", "a", "b"].map((text) => typed(text, "keep")),
      only: [typed("re:=x=", "only")],
    });
  });

  it("passes every value through as it was typed", () => {
    const value = fc.oneof(
      fc.string({ minLength: 1, unit: "binary" }),
      fc.constantFrom(`"quoted"`, `'a'`, `""`, "a=b", "1e3", "0x10", "true", "__proto__", "$1", "a\nb", "no"),
    );
    fc.assert(
      fc.property(
        value.filter((text) => text.trim() !== ""),
        (text) => {
          expect(rawOf([`--keep=${text}`, `--ledger=${text}`], {}).lists.keep).toEqual([typed(text, "keep")]);
          expect(rawOf([`--ledger=${text}`], {}).values.ledger?.value).toBe(text);
          if (!text.startsWith("-")) expect(rawOf(["-o", text], {}).values.output?.value).toBe(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(options)("knows --$name", (option) => {
    const argv = option.kind === "flag" ? [`--${option.name}`] : [`--${option.name}=1`];
    if (option.name === "help" || option.name === "version") {
      expect(parseArguments(argv, {})).toMatchObject({ kind: option.name });
    } else {
      const command = commands.find(({ name }) => isTakenBy(option, name))?.name ?? "run";
      const raw = rawOf([command, ...argv]);
      expect({ ...raw.flags, ...raw.values, ...raw.lists }).toHaveProperty([option.name]);
    }
  });

  it.each<[string[], string]>([
    [["--bogus"], `There is no option "--bogus".`],
    [["--filter", "until=24h"], `There is no option "--filter"; expected --max-age DURATION`],
    [["--filter=label!=keep"], "expected --keep-label KEY[=VALUE]"],
    [["--filter", "dangling=true"], "expected --untagged-age DURATION"],
    [["--filter", "reference=app:*"], "expected --only PATTERN"],
    [["--filter"], "expected --max-age, --untagged-age, --only or --keep-label"],
    [["--older-than", "7d"], "expected --max-age DURATION"],
    [["-f"], `There is no option "-f"; expected nothing`],
    [["-a"], `There is no option "-a"; expected nothing`],
    [["prune", "-af"], `There is no option "-a"; expected nothing`],
    [["-nf"], `There is no option "-f"; expected nothing`],
    [["--json"], "expected --output json"],
    [["--keep-last", "3"], "expected --max-versions N"],
    [["-y"], `There is no option "-y"; expected --yes.`],
    [["--format", "{{json .}}"], "expected --output json"],
    [["prune"], `There is no command "prune"; did you mean run?`],
    [["help", "bogus"], `There is no command "bogus"`],
    [["help", "run", "status"], `Unexpected argument "status" after "help".`],
    [["version", "run"], `Unexpected argument "run" after "version".`],
    [["--dryrun"], "did you mean --dry-run?"],
    [["--qouta=5G"], "did you mean --quota?"],
    [["--keep-lable", "x"], "did you mean --keep-label?"],
    [["-quota", "5G"], "did you mean --quota?"],
    [["--Quota=5G"], "did you mean --quota?"],
    [["--quota5G"], "There is no option"],
    [["-x"], `There is no option "-x".`],
    [["-n5"], `There is no option "-n5".`],
    [["-é"], `There is no option "-é".`],
    [["--"], `There is no option "--".`],
    [["--", "run"], `There is no option "--".`],
    [["---quota=1"], "There is no option"],
    [["--=x"], `There is no option "--".`],
    [["--quota.x=1"], "There is no option"],
    [["--__proto__"], "There is no option"],
    [["--__proto__=x"], "There is no option"],
    [["--constructor", "x"], "There is no option"],
    [["--toString"], "There is no option"],
    [["--_=x"], "There is no option"],
    [["--$0=x"], "There is no option"],
    [["--no-quota"], "There is no --no-quota"],
    [["--no-dry-run"], "There is no --no-dry-run"],
    [["--no-bogus"], "There is no option"],
    [["--no-color=x"], "There is no --no-color"],
    [["--maxAge=7d"], "There is no option"],
    [["--min-size", "5G"], "There is no option"],
    [["--settings", "x"], "There is no option"],
    [
      ["bogus"],
      `There is no command "bogus"; expected one of ${commands.map(({ name }) => name).join(", ")}, help, version, or nothing.`,
    ],
    [["confg"], `There is no command "confg"; did you mean config?`],
    [["Run"], `There is no command "Run"`],
    [[""], `There is no command ""`],
    [["-"], `There is no command "-"`],
    [["0"], `There is no command "0"`],
    [["run", "run"], `Unexpected argument "run"`],
    [["run", "redis"], `Unexpected argument "redis"`],
    [["--quota"], "--quota has no value; expected SIZE|PERCENT|off."],
    [["-H"], "-H has no value; expected URL."],
    [["-nH"], "-H has no value"],
    [["--quota="], "--quota has an empty value"],
    [["--quota", ""], "--quota has an empty value"],
    [["--quota", " "], "--quota has an empty value"],
    [["-H="], "-H has an empty value"],
    [["--keep="], "--keep has an empty value"],
    [["--keep", ""], "--keep has an empty value"],
    [["--keep", "-x"], "or --keep=VALUE for a value that begins with a dash"],
    [["--keep", "-"], "--keep has no value"],
    [["--quota", "--dry-run"], "--quota has no value"],
    [["--quota", "-5G"], "--quota has no value"],
    [["--quota", "1G", "--quota", "2G"], "--quota is given twice"],
    [["--quota=1G", "--quota=1G"], "--quota is given twice"],
    [["-o", "json", "--output", "json"], "--output is given twice"],
    [["-n", "-n"], "-n is given twice"],
    [["-nn"], "-n is given twice"],
    [["-n", "--dry-run"], "--dry-run is given twice"],
    [["--keep-file", "a", "--keep-file", "b"], "--keep-file is given twice"],
    [["--dry-run=banana"], `--dry-run is a flag and takes no value; got "banana"`],
    [["--dry-run=true"], "--dry-run is a flag"],
    [["--dry-run=false"], "--dry-run is a flag"],
    [["--dry-run="], "--dry-run is a flag"],
    [["-n=true"], "-n is a flag"],
    [["--help=x"], "--help is a flag"],
    [["--dry-run", "banana"], `There is no command "banana"`],
    [["--dry-run", "false"], `There is no command "false"`],
    [["-n", "false", "run"], `There is no command "false"`],
    [["run", "-n", "false"], `Unexpected argument "false"`],
    [["--dry-run", "true"], `There is no command "true"`],
    [["-q", "-v"], "--quiet and --verbose exclude each other"],
    [["-qv"], "--quiet and --verbose exclude each other"],
    [["--help", "--bogus"], "There is no option"],
    [["--keep", "-\n"], "--keep has no value"],
    [["--quota=1\n\u001b[2J", "--quo\nta"], `There is no option "--quo\\nta"`],
  ])("refuses %j", (argv, sentence) => {
    expect(() => parseArguments(argv, {})).toThrow(Failure);
    expect(() => parseArguments(argv, {})).toThrow(sentence);
    expect(() => parseArguments(argv, {})).toThrow(/^[^\n]*[.?] See docker-gc --help\.$/);
  });

  it.each<[string[], Request]>([
    [["--help"], { kind: "help", command: null }],
    [["-h"], { kind: "help", command: null }],
    [["-nh", "--quota", "nonsense"], { kind: "help", command: null }],
    [["config", "--help"], { kind: "help", command: "config" }],
    [["--version"], { kind: "version" }],
    [["run", "--help", "--version"], { kind: "help", command: "run" }],
  ])("%j asks for %j, and leaves the environment unread", (argv, request) => {
    expect(parseArguments(argv, { DOCKER_GC_BOGUS: "1" })).toEqual(request);
  });
});

describe("the environment", () => {
  it.each(options.filter(({ variable }) => variable !== null))("gives --$name as $variable", (option) => {
    const variable = option.variable ?? "";
    expect(variable).toBe(`DOCKER_GC_${option.name.toUpperCase().replaceAll("-", "_")}`);
    const raw = rawOf([], { [variable]: option.kind === "flag" ? "true" : "some text" });
    const given = { value: option.kind === "flag" ? true : "some text", origin: variable };
    expect({ ...raw.flags, ...raw.values, ...raw.lists }).toEqual({
      [option.name]: option.kind === "list" ? [given] : given,
    });
  });

  it("gives way to the command line, lists included", () => {
    const environment = { DOCKER_GC_QUOTA: "1G", DOCKER_GC_KEEP: "a\nb", DOCKER_GC_GRACE: "0s" };
    expect(rawOf(["--quota=2G", "--keep=c"], environment)).toMatchObject({
      values: { quota: typed("2G", "quota"), grace: { value: "0s", origin: "DOCKER_GC_GRACE" } },
      lists: { keep: [typed("c", "keep")] },
    });
  });

  it.each([
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
  ])("takes %s for a flag that is %s", (text, value) => {
    const { flags } = rawOf([], { DOCKER_GC_DRY_RUN: text });
    expect(flags).toEqual({ "dry-run": { value, origin: "DOCKER_GC_DRY_RUN" } });
  });

  it("honours values that are falsy", () => {
    const { values } = rawOf([], { DOCKER_GC_KEEP_RECENT: "0", DOCKER_GC_MAX_AGE: "off" });
    expect(values).toMatchObject({ "keep-recent": { value: "0" }, "max-age": { value: "off" } });
  });

  it("has one list item a line, so that patterns may hold commas", () => {
    const { lists } = rawOf([], { DOCKER_GC_KEEP: "\n {a,b}:* \r\n\nredis\n" });
    expect(lists.keep?.map(({ value }) => value)).toEqual(["{a,b}:*", "redis"]);
  });

  it("does not look at variables of others", () => {
    const others = {
      DOCKER_GC_TEST_HOST: "unix:///x",
      DOCKER_HOST: "x",
      QUOTA: "x",
      DOCKER_GCX: "x",
      MY_DOCKER_GC_X: "",
    };
    expect(rawOf([], { ...others, DOCKER_GC_QUOTA: undefined })).toEqual(bareRun);
  });

  it("lets --verbose overrule DOCKER_GC_QUIET, and the other way round", () => {
    expect(rawOf(["-v"], { DOCKER_GC_QUIET: "true" }).flags).toEqual({
      verbose: typed(true, "verbose"),
    });
    expect(rawOf(["-q"], { DOCKER_GC_VERBOSE: "true" }).flags).toEqual({
      quiet: typed(true, "quiet"),
    });
  });

  it.each<[Record<string, string>, string]>([
    [
      { DOCKER_GC_QUTOA: "5G" },
      "docker-gc does not know the environment variable DOCKER_GC_QUTOA. Did you mean DOCKER_GC_QUOTA?",
    ],
    [{ DOCKER_GC_KEEPS: "x" }, "Did you mean DOCKER_GC_KEEP?"],
    [{ DOCKER_GC_SOMETHING: "x" }, "does not know the environment variable DOCKER_GC_SOMETHING. Unset it."],
    [{ DOCKER_GC_HELP: "true" }, "DOCKER_GC_HELP"],
    [{ DOCKER_GC_: "x" }, "does not know"],
    [{ DOCKER_GC_quota: "5G" }, "does not know"],
    [{ DOCKER_GC_BOGUS: "" }, "does not know"],
    [{ DOCKER_GC_QUOTA: "" }, "DOCKER_GC_QUOTA is set but empty; expected SIZE|PERCENT|off, or unset."],
    [{ DOCKER_GC_QUOTA: " " }, "is set but empty"],
    [{ DOCKER_GC_KEEP: "\n \n" }, "is set but empty"],
    [{ DOCKER_GC_DRY_RUN: "" }, "DOCKER_GC_DRY_RUN is set but empty; expected true or false"],
    [{ DOCKER_GC_DRY_RUN: "yes" }, `DOCKER_GC_DRY_RUN: "yes" is not a flag's value; expected true or false.`],
    [{ DOCKER_GC_DRY_RUN: "TRUE" }, "expected true or false"],
    [{ DOCKER_GC_DRY_RUN: " true" }, "expected true or false"],
    [
      { DOCKER_GC_QUIET: "1", DOCKER_GC_VERBOSE: "1" },
      "DOCKER_GC_QUIET and DOCKER_GC_VERBOSE exclude each other",
    ],
  ])("refuses %j", (environment, sentence) => {
    expect(() => parseArguments([], environment)).toThrow(Failure);
    expect(() => parseArguments([], environment)).toThrow(sentence);
    expect(() => parseArguments([], environment)).toThrow(/ See docker-gc --help\.$/);
  });
});

it("nothing but a usage failure is ever thrown, whatever is typed or set", () => {
  const names = options.flatMap(({ name, alias }) => [
    `--${name}`,
    `-${alias ?? "x"}`,
    `--${name}=`,
    `--no-${name}`,
  ]);
  const word = fc.oneof(fc.string(), fc.constantFrom(...names, "run", "--", "-", "5G", "-nq", "--__proto__"));
  const variable = fc.oneof(
    fc.constantFrom(...options.map((option) => option.variable ?? "DOCKER_GC_HELP")),
    fc.string().map((text) => `DOCKER_GC_${text}`),
    fc.constantFrom("__proto__", "constructor"),
  );
  const environments = fc.dictionary(variable, fc.oneof(fc.string(), fc.constantFrom("true", "0", "")), {
    maxKeys: 3,
  });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), environments, (argv, environment) => {
      try {
        expect(["perform", "help", "version"]).toContain(parseArguments(argv, environment).kind);
      } catch (error) {
        expect(error).toMatchObject({ name: "Failure", code: "usage" });
      }
    }),
    { numRuns: 2000 },
  );
});
