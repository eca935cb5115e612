import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chronicle, ImageLife } from "../../../../src/core/results/chronicle.js";
import type { RemovalEntry } from "../../../../src/core/results/history.js";
import { areasOf } from "../../../../src/report/html/areas.js";
import { escapeHtml } from "../../../../src/report/html/escape.js";
import { firstLine, reportPage } from "../../../../src/report/html/page.js";
import { imageId } from "../../../support/values.js";

const day = 86_400_000;
const from = Date.UTC(2026, 0, 5);
const made = { version: "1.2.3", at: from + 9 * day };

function chronicle(changes: Partial<Chronicle> = {}): Chronicle {
  return {
    engine: "AAAA overlay2 /var/lib/docker",
    from,
    to: from + 8 * day,
    runs: 3,
    space: [
      { at: from + day, imageBytes: 2000, quotaBytes: null },
      { at: from + 8 * day, imageBytes: 1000, quotaBytes: 1500 },
    ],
    repositories: [{ repository: "shop/web", images: 2, bytes: 900, ownBytes: 900 }],
    lives: [life({})],
    observed: [{ from, to: from + 4 * day }],
    removals: [],
    ...changes,
  };
}

function life(changes: Partial<ImageLife>): ImageLife {
  return {
    imageId: imageId("web"),
    names: ["shop/web:1"],
    isPresent: true,
    present: [{ from, to: null }],
    uses: [{ from, to: from + day }],
    removedAt: [],
    ...changes,
  };
}

function removal(changes: Partial<RemovalEntry> = {}): RemovalEntry {
  return {
    at: from + 2 * day,
    imageId: imageId("gone"),
    names: ["shop/gone:1"],
    freedBytes: 1024,
    reasons: ["quota"],
    outcome: "removed",
    detail: null,
    returned: null,
    ...changes,
  };
}

describe("the page of a report", () => {
  it("says what happened in words, beside every picture", () => {
    const page = reportPage(
      [
        chronicle({
          removals: [
            removal({ returned: { at: from + 3 * day, bytes: 1 } }),
            removal({ outcome: "skipped", detail: "In use." }),
          ],
        }),
      ],
      made,
    );
    for (const text of [
      "3 runs from 2026-01-05 00:00 UTC to 2026-01-13 00:00 UTC: 1 image removed, 1 KiB freed, 1 came back.",
      "Observed 50 % of the time.",
      "1000 B after the last run, with a quota of 1.46 KiB.",
      "shop/web: 900 B, 2 images",
      "<td>over quota</td><td>removed; came back 2026-01-08 00:00 UTC</td>",
      "<td>skipped; In use.</td>",
      "last used 2026-01-06 00:00 UTC",
    ])
      expect(page).toContain(text);
  });

  it("says so where there is nothing", () => {
    expect(reportPage([], made)).toContain("No run is recorded.");
    const page = reportPage([chronicle({ space: [], repositories: [], lives: [], removals: [] })], made);
    for (const text of [
      "No run has written down its bytes yet.",
      "No image is known.",
      "Nothing was removed.",
    ])
      expect(page).toContain(text);
  });

  it("is known again by its beginning, and refers to nothing outside", () => {
    const page = reportPage([chronicle()], made);
    expect(page.startsWith(firstLine)).toBe(true);
    expect(page).not.toMatch(/\b(?:src|href|url|import|action)\s*[=(]/i);
    expect(page).not.toContain("://");
  });

  it("lets a browser run its own script alone", () => {
    const page = reportPage([chronicle()], made);
    const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? "";
    expect(page).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it("takes nothing that an image, a repository or an engine is called for HTML", () => {
    const tag = fc.constantFrom(
      "<script>x</script>",
      `"onload="x`,
      "'>",
      "&lt;",
      "\u001b[31m",
      "]]>",
      "<!--",
      "a b",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(tag, fc.string()), { minLength: 1, maxLength: 4 }), (texts) => {
        const text = `${texts.join("")}<b id=evil>`;
        const page = reportPage(
          [
            chronicle({
              engine: text,
              repositories: [{ repository: text, images: 1, bytes: 1, ownBytes: 1 }],
              lives: [life({ names: [text, text] })],
              removals: [removal({ names: [text], detail: text })],
            }),
          ],
          made,
        );
        expect(page).not.toContain("<b id=evil>");
        expect(page).not.toContain("\u001b");
        expect(page.match(/<script/g)).toHaveLength(1);
        expect(page.match(/"/g)?.length).toBe(
          reportPage(
            [
              chronicle({
                engine: "x",
                repositories: [{ repository: "x", images: 1, bytes: 1, ownBytes: 1 }],
                lives: [life({ names: ["x", "x"] })],
                removals: [removal({ names: ["x"], detail: "x" })],
              }),
            ],
            made,
          ).match(/"/g)?.length,
        );
      }),
      { numRuns: 50 },
    );
  });

  it("stays in its frame whatever the times are", () => {
    const absurd = [NaN, Infinity, -1e18, 1e18, 0];
    for (const at of absurd) {
      const page = reportPage(
        [
          chronicle({
            lives: [
              life({ present: [{ from: at, to: at }], uses: [{ from: at, to: null }], removedAt: [at] }),
            ],
          }),
        ],
        made,
      );
      expect(page).not.toMatch(/="-?(?:NaN|Infinity)/);
    }
    expect(reportPage([chronicle({ to: from })], made)).not.toContain("NaN");
  });
});

it("a text of others is written out for HTML and for attributes", () => {
  expect(escapeHtml(`<a href="x" & 'y'>`)).toBe("&lt;a href=&quot;x&quot; &amp; &#39;y&#39;&gt;");
});

describe("areas", () => {
  it("fill the frame in proportion, without an overlap", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 40 }), (values) => {
        const items = values.toSorted((first, second) => second - first);
        const areas = areasOf(items, (value) => value, { width: 100, height: 100 });
        const total = items.reduce((sum, value) => sum + value, 0);
        expect(areas).toHaveLength(items.filter((value) => value > 0).length);
        for (const { of, x, y, width, height } of areas) {
          expect(width * height).toBeCloseTo((of / total) * 10_000, 1);
          for (const edge of [x, y, 100 - x - width, 100 - y - height]) expect(edge).toBeGreaterThan(-1e-6);
        }
      }),
    );
  });
});
