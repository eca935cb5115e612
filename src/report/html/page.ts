import { createHash } from "node:crypto";
import type { Chronicle, ImageLife } from "../../core/results/chronicle.js";
import type { RemovalEntry } from "../../core/results/history.js";
import { shortId } from "../../core/image/image.js";
import { countText, momentText, sizeText } from "../wording/quantities.js";
import { reasonsText } from "../wording/removal-text.js";
import { bytesChart, lifeLine, observedStrip, repositoryAreas } from "./charts.js";
import { escapeHtml } from "./escape.js";
import { script } from "./script.js";
import { style } from "./style.js";

/** How each such page begins, by which it is known again. */
export const firstLine = "<!doctype html><!-- a report of docker-gc -->";

/** Of each engine; further ones are only counted. */
const mostRows = 2000;

/**
 * One page that needs nothing besides itself. Its policy lets a browser load nothing, and run no script but the one that is
 * here: whatever an image is called, it stays a text.
 */
export function reportPage(
  chronicles: readonly Chronicle[],
  { version, at }: { version: string; at: number },
): string {
  const digest = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const body = chronicles.length === 0 ? "<p>No run is recorded.</p>" : chronicles.map(section).join("\n");
  return `${firstLine}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>docker-gc report</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>docker-gc report</h1>
<p>Made ${escapeHtml(momentText(at))} by docker-gc ${escapeHtml(version)}, from its ledger alone.</p>
<div class="search" role="search" hidden>
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="image, reason, outcome (press /)">
<span id="found" role="status"></span>
</div>
${body}
</main>
<script>${script}</script>
</body>
</html>
`;
}

function section(chronicle: Chronicle, index: number): string {
  const { engine, from, to, runs, removals, lives, repositories } = chronicle;
  const removed = removals.filter(({ outcome }) => outcome === "removed");
  const back = removed.filter(({ returned }) => returned !== null);
  const freed = removed.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
  const summary =
    `${countText(runs, "run")} from ${momentText(from)} to ${momentText(to)}: ${countText(removed.length, "image")} removed, ` +
    `${sizeText(freed)} freed, ${back.length} came back.`;
  const id = `engine-${index + 1}`;
  return [
    `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(engine)}</h2>`,
    `<p class="lead">${escapeHtml(summary)}</p>`,
    part("Bytes over time", bytesKey, bytesChart(chronicle), "No run has written down its bytes yet."),
    part("Observed time", "", observedStrip(chronicle), ""),
    part("What holds the bytes", areasNote, repositoryAreas(repositories), noSizes),
    part("Images", livesKey, livesOf(lives, chronicle), "No image is known."),
    part("Removals", "", removalsOf(removals), "Nothing was removed."),
    "</section>",
  ].join("\n");
}

const bytesKey = `<ul class="key"><li class="is-used">all images</li><li class="is-limit">quota</li></ul>`;
const noSizes = "No size is known of what the images consist of.";
const areasNote = "<p>By repository, at the last run. What repositories share counts in each.</p>";
const livesKey = `<ul class="key"><li>there</li><li class="is-used">used</li><li class="is-gone">removed</li></ul>`;

function part(title: string, note: string, content: string, instead: string): string {
  return `<h3>${title}</h3>\n${content === "" ? `<p>${instead}</p>` : `${note}${content}`}`;
}

function livesOf(lives: readonly ImageLife[], chronicle: Chronicle): string {
  if (lives.length === 0) return "";
  const rows = lives.slice(0, mostRows).map((life) => {
    const { imageId, names, isPresent, present, uses, removedAt } = life;
    const name = names[0] ?? shortId(imageId);
    const facts = [
      imageId,
      ...(names.length > 1 ? [`names ${names.join(", ")}`] : []),
      ...present.slice(-1).map((span) => `there since ${momentText(span.from)}`),
      ...uses
        .slice(-1)
        .map((span) => `last used ${span.to === null ? "at the last run" : momentText(span.to)}`),
      ...removedAt.map((at) => `removed ${momentText(at)}`),
    ];
    return (
      `<li class="${isPresent ? "is-there" : "is-gone"}" ${words([...names, imageId, isPresent ? "" : "removed"])}><details><summary>` +
      `<span class="name">${escapeHtml(name)}</span>${lifeLine(life, chronicle, name)}</summary>` +
      `<p>${escapeHtml(facts.join("; "))}</p></details></li>`
    );
  });
  return `<ul class="lives">${rows.join("\n")}</ul>${more(lives.length)}`;
}

function removalsOf(removals: readonly RemovalEntry[]): string {
  if (removals.length === 0) return "";
  const rows = removals.slice(0, mostRows).map((removal) => {
    const { at, imageId, names, freedBytes, reasons, outcome, detail, returned } = removal;
    const why = reasonsText(reasons);
    const back = returned && `came back ${momentText(returned.at)}`;
    const how = [outcome, detail, back].filter((part) => part !== null).join("; ");
    const image = names.length === 0 ? shortId(imageId) : names.join(", ");
    return (
      `<tr ${words([...names, imageId, why, how])}><td class="time">${escapeHtml(momentText(at))}</td><td class="name">${escapeHtml(image)}</td>` +
      `<td class="size">${escapeHtml(sizeText(freedBytes))}</td><td>${escapeHtml(why)}</td><td>${escapeHtml(how)}</td></tr>`
    );
  });
  const header = ["When", "Image", "Freed", "Why", "What became of it"].map(
    (text) => `<th scope="col">${text}</th>`,
  );
  return `<div class="scroll"><table><thead><tr>${header.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>${more(removals.length)}`;
}

function words(texts: readonly string[]): string {
  return `data-words="${escapeHtml(texts.join(" ").toLowerCase())}"`;
}

function more(count: number): string {
  return count <= mostRows ? "" : `<p>… and ${count - mostRows} more.</p>`;
}
