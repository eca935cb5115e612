import { describe, expect, it } from "vitest";
import { createPalette } from "../../../../src/report/layout/palette.js";

const terminal = { isTTY: true };
const pipe = {};

describe("colour", () => {
  it.each([
    ["auto on a terminal", "auto", terminal, {}, true],
    ["auto in a pipe", "auto", pipe, {}, false],
    ["NO_COLOR on a terminal", "auto", terminal, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR counts as unset", "auto", terminal, { NO_COLOR: "" }, true],
    ["FORCE_COLOR in a pipe", "auto", pipe, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 on a terminal", "auto", terminal, { FORCE_COLOR: "0" }, false],
    ["FORCE_COLOR=false on a terminal", "auto", terminal, { FORCE_COLOR: "false" }, false],
    ["an empty FORCE_COLOR counts as unset", "auto", pipe, { FORCE_COLOR: "" }, false],
    ["FORCE_COLOR comes before NO_COLOR", "auto", terminal, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["a dumb terminal", "auto", terminal, { TERM: "dumb" }, false],
    ["always wins over NO_COLOR", "always", pipe, { NO_COLOR: "1", TERM: "dumb" }, true],
    ["never wins over FORCE_COLOR", "never", terminal, { FORCE_COLOR: "3" }, false],
  ] as const)("%s", (_, choice, stream, env, isColored) => {
    const painted = createPalette(choice, stream, env).goes("x");
    expect(painted).toBe(isColored ? "\u001b[31mx\u001b[39m" : "x");
  });
});
