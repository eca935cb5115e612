import { describe, expect, it } from "vitest";
import { paintLine, span } from "../../../../src/report/layout/line.js";
import type { Line } from "../../../../src/report/layout/line.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";
import { hanging } from "../../../../src/report/layout/wrap.js";

function plain(lines: readonly Line[]): string[] {
  return lines.map((line) => paintLine(line, undefined, plainPalette));
}

describe("a paragraph", () => {
  it("breaks at spaces and hangs under its label", () => {
    expect(plain(hanging(span("note  "), [span("one two three four")], 15))).toEqual([
      "note  one two",
      "      three",
      "      four",
    ]);
  });

  it("breaks a word only when no line can hold it", () => {
    expect(plain(hanging(span(""), [span("a bbbbbbbb c")], 5))).toEqual(["a", "bbbbb", "bbb c"]);
  });

  it("stays one line in a pipe", () => {
    expect(plain(hanging(span(""), [span("one two"), span(" three")], undefined))).toEqual(["one two three"]);
  });
});
