import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  heading,
  item,
  note,
  paragraph,
  table,
  type Block,
} from "../../../../src/report/documents/document.js";
import { failureDocument } from "../../../../src/report/documents/failure.js";
import { runDocument } from "../../../../src/report/documents/run.js";
import { toMarkdown } from "../../../../src/report/formats/markdown.js";
import { figure, rigid } from "../../../../src/report/layout/columns.js";
import { named, span, type Span } from "../../../../src/report/layout/line.js";
import { now } from "../../../support/build-report.js";
import { scenarios } from "../../../support/scenarios.js";
import { arbitraryReport } from "../arbitrary-report.js";

function blocks(...all: readonly Block[]): string {
  return toMarkdown({ title: "t", sections: [all] }).replace(/^## t\n\n/, "");
}

const cells = (...row: readonly Span[]) =>
  blocks(
    table(
      row.map(() => rigid("X", null)),
      [row],
    ),
  ).split("\n")[2];

describe("Markdown of a report reads as approved", () => {
  it.each(["dry-run", "mixed-outcomes", "unmet-quota"])("%s", async (name) => {
    const report = scenarios[name];
    if (report === undefined) throw new Error(`There is no scenario ${name}.`);
    const text = toMarkdown(runDocument(report, { verbosity: "normal", now }));
    await expect(text).toMatchFileSnapshot(`golden/${name}.md`);
  });
});

describe("in Markdown", () => {
  it.each<readonly [string, Block, string]>([
    ["a heading", heading("Not removed"), "### Not removed\n"],
    ["a paragraph with its lead", paragraph("one", span("Warning: ", "caution")), "**Warning:** one\n"],
    [
      "what matters",
      paragraph([span("Nothing freed: ", "strong"), span("1 failed", "alarm")]),
      "**Nothing freed:** **1 failed**\n",
    ],
    ["a note", note("… and 3 more (--verbose shows all)"), "*… and 3 more (--verbose shows all)*\n"],
    [
      "a table",
      table([rigid("IMAGE", null), figure("SIZE", null)], [[named("app:1"), span("1 GiB")]]),
      "| IMAGE | SIZE |\n| --- | ---: |\n| `app:1` | 1 GiB |\n",
    ],
    [
      "a gauge",
      {
        kind: "facts",
        spacing: "compact",
        facts: [
          {
            label: "quota",
            gauge: { share: 0.8, percent: 80, tone: "freed" },
            text: [span("4 GiB of 5 GiB")],
          },
        ],
      },
      "- **quota:** 80% · 4 GiB of 5 GiB\n",
    ],
    [
      "a script with a fence in it",
      { kind: "script", lines: ["# ``` is no end"] },
      "````sh\n# ``` is no end\n````\n",
    ],
  ])("%s", (_, block, expected) => {
    expect(blocks(block)).toBe(expected);
  });

  it("items make one list", () => {
    expect(blocks(item("one"), item("two"), paragraph("three"))).toBe("- one\n- two\n\nthree\n");
  });

  it.each([
    ["a|b", "a\\|b"],
    ["`rm`", "\\`rm\\`"],
    ["<img src=x>", "\\<img src=x\\>"],
    ["one\ntwo", "one two"],
    ["*a* _b_ [c](d) ~~e~~ $f$ &amp; \\", "\\*a\\* \\_b\\_ \\[c\\](d) \\~\\~e\\~\\~ \\$f\\$ \\&amp; \\\\"],
    ["@team sees #12", "@&#8203;team sees #&#8203;12"],
    ["app@sha256:0123", "app@sha256:0123"],
    ["see https://x.y/_z_ or www.x.y", "see https\\://x.y/\\_z\\_ or www\\.x.y"],
  ])("text %j is shown as it stands", (text, expected) => {
    expect(blocks(paragraph(text))).toBe(`${expected}\n`);
    expect(cells(span(text))).toBe(`| ${expected} |`);
  });

  it.each(["# x", "- x", "+ x", "1. x", "12) x", "---", "##"])(
    "a paragraph that begins as %j stays one",
    (text) => {
      expect(blocks(paragraph(text))).toBe(`${text.replace(/^\d*/, "$&\\")}\n`);
    },
  );

  it.each([
    ["shop/web:1", "`shop/web:1`"],
    ["<none> 0123456789ab", "`<none> 0123456789ab`"],
    ["@team/a_b*c:1", "`@team/a_b*c:1`"],
    ["a|b", "<code>a&#124;b</code>"],
    ["a`b\\|c", "<code>a&#96;b&#92;&#124;c</code>"],
    ["http://x.y|_z_", "<code>http&#58;//x&#46;y&#124;&#95;z&#95;</code>"],
    ["a|<b>&", "<code>a&#124;&#60;b&#62;&#38;</code>"],
  ])("the name %j is code in a table, and in a sentence", (name, expected) => {
    expect(cells(named(name), span("x"))).toBe(`| ${expected} | x |`);
    expect(blocks(paragraph([named(name, "strong")]))).toBe(`**${expected}**\n`);
  });

  it("a failure says why, on one line", () => {
    expect(toMarkdown(failureDocument(5, "The ledger a|b\nis broken."))).toBe(
      "## docker-gc\n\n**Failed with exit code 5:** The ledger a\\|b is broken.\n",
    );
  });

  it("any report has whole tables, and no control of a terminal", () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const text = toMarkdown(runDocument(report, { verbosity: "verbose", now }));
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        for (const lines of text.split("\n\n").filter((part) => part.startsWith("|"))) {
          const counts = lines
            .trimEnd()
            .split("\n")
            .map((line) => barsIn(line));
          expect(new Set(counts).size).toBe(1);
        }
      }),
    );
  });
});

/** Those that are not escaped. */
function barsIn(line: string): number {
  return line.replaceAll(/\\./g, "").split("|").length;
}
