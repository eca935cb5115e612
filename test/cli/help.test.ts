import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.js";
import { helpText } from "../../src/cli/help.js";
import { options } from "../../src/cli/options.js";
import { resolveSettings } from "../../src/cli/settings.js";
import { exitCodes } from "../../src/core/exit-code.js";

const oneLine = helpText().replace(/\s+/g, " ");

describe("the help", () => {
  it.each(options)("describes --$name, with its alias, value and default", (option) => {
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
    [64, 64],
    [10, 64],
    [500, 100],
  ])("asked for %d columns, has no line longer than %d, none with blanks at its end", (width, longest) => {
    const lines = helpText(width).split("\n");
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
      expect(resolveSettings(parseArguments(argv, {}), { readFile: String }).warnings).toEqual([]);
    }
  });
});
