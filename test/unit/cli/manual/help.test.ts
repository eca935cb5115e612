import { describe, expect, it } from "vitest";
import { commands, defaultCommand } from "../../../../src/cli/commands.js";
import { briefHelpText, isBriefly } from "../../../../src/cli/manual/brief-help.js";
import { helpText } from "../../../../src/cli/manual/help.js";
import type { Option } from "../../../../src/cli/options/option.js";
import { isTakenBy, options } from "../../../../src/cli/options/options.js";
import { resolveSettings } from "../../../../src/cli/options/settings.js";
import { exitCodes } from "../../../../src/core/results/exit-code.js";
import { rawOf } from "../../../support/raw.js";

const oneLine = helpText().replace(/\s+/g, " ");

describe("the help", () => {
  // Those of other commands are in the help of these.
  const ofRun = options.filter((option) => isTakenBy(option, defaultCommand));
  it.each(ofRun)("describes --$name, with its alias, value and default", (option) => {
    const alias = option.alias === null ? "" : `-${option.alias}, `;
    expect(oneLine).toContain(`${alias}--${option.name} ${option.placeholder}`.trimEnd());
    expect(oneLine).toContain(option.description);
    if (option.default !== null)
      expect(oneLine).toContain(`${option.description} (default: ${option.default})`);
  });

  it.each(Object.entries(exitCodes))("gives exit code %s its meaning", (code, meaning) => {
    expect(oneLine).toContain(` ${code} ${meaning}`);
  });

  it.each([
    [80, 80],
    [100, 100],
    [60, 60],
    [10, 60],
    [500, 100],
  ])("asked for %d columns, has no line longer than %d, none with blanks at its end", (width, longest) => {
    const lines = helpText(null, width).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(longest);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });

  it("is plain ASCII, and ends in a line break", () => {
    expect(helpText()).toMatch(/^[\n -~]*[!-~]\n$/);
  });

  it("has examples that parse", () => {
    const commands = [...helpText().matchAll(/^ {2}docker-gc (-.*?) {2}/gm)].map(([, line]) => line ?? "");
    expect(commands.length).toBeGreaterThan(4);
    for (const line of commands) {
      const argv = line.split(" ").map((word) => word.replaceAll("'", ""));
      expect(resolveSettings(rawOf(argv), { readFile: String }).warnings).toEqual([]);
    }
  });
});

describe("the help of -h", () => {
  it.each([null, ...commands.map(({ name }) => name)])("is one screen: %s", (name) => {
    const lines = briefHelpText(name).split("\n");
    expect(lines.length - 1).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
    const all: readonly Option[] = options;
    const daily = all.filter(
      (option) => option.daily !== undefined && isTakenBy(option, name ?? defaultCommand),
    );
    for (const option of daily) expect(briefHelpText(name)).toContain(`--${option.name} `.trimEnd());
    expect(lines.at(-2)).toMatch(/^More: docker-gc .*--help/);
  });

  it.each([
    [["-h"], true],
    [["status", "-vh"], true],
    [["--help"], false],
    [["help", "status"], false],
    [["-h", "--help"], false],
  ])("is for its letter alone: %j", (argv, expected) => {
    expect(isBriefly(argv)).toBe(expected);
  });
});

describe("the help of a command", () => {
  it.each(commands)(
    "shows how to call $name, what it does, and just the options that it takes",
    (command) => {
      const help = helpText(command.name).replace(/\s+/g, " ");
      expect(help).toContain(`docker-gc ${command.name}`);
      expect(help).toContain(command.description.replace(/\s+/g, " "));
      const shown = options.filter(({ description }) => help.includes(description));
      expect(shown).toEqual(options.filter((option) => isTakenBy(option, command.name)));
    },
  );

  it.each(commands)("is named in the help of the program: $name", ({ summary }) => {
    expect(oneLine).toContain(summary);
  });
});
