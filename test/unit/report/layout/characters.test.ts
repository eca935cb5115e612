import { describe, expect, it } from "vitest";
import { fact, facts, gaugeOf, note, paragraph, table } from "../../../../src/report/documents/document.js";
import { toText } from "../../../../src/report/formats/text.js";
import { charactersFor } from "../../../../src/report/layout/characters.js";
import { elastic, rigid } from "../../../../src/report/layout/columns.js";
import { named, span } from "../../../../src/report/layout/line.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";

describe("the characters of a terminal", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["unicode", {}],
    ["unicode", { LANG: "de_DE.UTF-8" }],
    ["unicode", { LC_ALL: "", LC_CTYPE: "C.utf8", LANG: "C" }],
    ["ascii", { LC_ALL: "C", LANG: "de_DE.UTF-8" }],
    ["ascii", { LANG: "POSIX" }],
    ["ascii", { LANG: "de_DE.ISO-8859-1" }],
    ["ascii", { TERM: "dumb", LANG: "de_DE.UTF-8" }],
  ])("are %s with %j", (expected, env) => {
    expect(charactersFor(env)).toBe(expected);
  });
});

describe("a document in ASCII", () => {
  const document = {
    title: "",
    sections: [
      [paragraph("idle ≥ 7d, 2 GiB ± 5 MiB")],
      [facts("aligned", [fact("quota", "6 of 10", gaugeOf(0.6))])],
      [
        table(
          [elastic("IMAGE", "middle", { preferred: 24, comfortable: 12, least: 12 }), rigid("WHY", null)],
          [[named("registry.example.com/a/long/name:1"), span("idle ≥ 7d")]],
        ),
        note("… and 3 more"),
      ],
    ],
  };

  it("has bars and ellipses that every terminal shows, and is no wider", () => {
    expect(toText(document, { width: 40, color: plainPalette, characters: "ascii" })).toEqual([
      "idle >= 7d, 2 GiB +/- 5 MiB",
      "",
      "  quota      ######----  60%  6 of 10",
      "",
      "  IMAGE                       WHY",
      "  registry.ex~/a/long/name:1  idle >= 7d",
      "  ... and 3 more",
    ]);
  });
});
