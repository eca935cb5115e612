import type { Block, Document, Fact } from "../documents/document.js";
import { span, type Line, type Span } from "../layout/line.js";

/**
 * A document as GitHub shows it in an issue, a comment or a job's summary: https://github.github.com/gfm/. What the engine says is
 * data: it is shown as it stands, and neither formats anything nor mentions anybody.
 */
export function toMarkdown({ title, sections }: Document): string {
  const blocks = sections.flat();
  const parts = blocks.map((block, index) => {
    const isFurther = block.kind === "item" && blocks[index - 1]?.kind === "item";
    return (isFurther ? "\n" : "\n\n") + blockText(block);
  });
  return `## ${escaped(title)}${parts.join("")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `### ${block.text.map(plainly).map(inline).join("")}`;
    case "paragraph":
      return `${inline({ ...block.lead, tone: "strong" })}${atStart(block.text)}`;
    case "item":
      return `- ${atStart(block.text)}`;
    case "facts":
      return block.facts.map(factText).join("\n");
    case "table":
      return tableText(
        block.columns.map(({ header }) => header),
        block.rows,
        block.columns.map(({ align }) => (align === "right" ? "---:" : "---")),
      );
    case "listing":
      return tableText(block.columns, block.rows);
    case "note":
      return `*${escaped(block.text)}*`;
    case "script":
      return scriptText(block.lines);
  }
}

function factText({ label, gauge, text }: Fact): string {
  const share = gauge === null ? "" : `${gauge.percent}% · `;
  return `- **${escaped(label)}:** ${share}${lineText(text)}`;
}

function tableText(
  headers: readonly string[],
  rows: readonly Line[],
  rules: readonly string[] = headers.map(() => "---"),
): string {
  const all = [headers.map(escaped), rules, ...rows.map((row) => row.map(inline))];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The fence is longer than any in the script. */
function scriptText(lines: readonly string[]): string {
  const text = lines.map((line) => span(line).text).join("\n");
  const fences = [...text.matchAll(/`+/g)].map(([fence]) => fence.length);
  const fence = "`".repeat(Math.max(2, ...fences) + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

/** `- x`, `# x` and `1. x` would begin a list or a heading. */
function atStart(line: Line): string {
  return lineText(line).replace(/^(\d*)(?=[-+#.)]+(?:\s|$))/, "$1\\");
}

function lineText(line: Line): string {
  return line.map(inline).join("").trim();
}

function inline({ text, tone, role }: Span): string {
  const [, before = "", inner = "", after = ""] = /^(\s*)(.*?)(\s*)$/.exec(text) ?? [];
  if (inner === "") return text;
  const shown = role === "name" ? code(inner) : escaped(inner);
  // Between the stars no blank may stand at an end.
  return tone === "strong" || tone === "alarm" ? `${before}**${shown}**${after}` : before + shown + after;
}

/** Headings are bold by themselves. */
function plainly(part: Span): Span {
  return { ...part, tone: null };
}

/** In a code span nothing is special but its fence, and in a table the bar and what is before it. */
function code(text: string): string {
  if (!/[`|\\]/.test(text)) return `\`${text}\``;
  return `<code>${text.replace(/[^a-z0-9\s/-]/giu, (character) => `&#${character.codePointAt(0) ?? 0};`)}</code>`;
}

const zeroWidthSpace = "&#8203;";

/**
 * Characters that format wherever they stand; an address, in which no escape would count, were it a link; and a name behind `@` or a
 * number behind `#`, which would be linked and notified.
 */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~&$]/g, "\\$&")
    .replace(/(?<=https?|ftp):(?=\/\/)|(?<=www)\./gi, "\\$&")
    .replace(/(?<!\w)@(?=\w)|#(?=\d)/g, `$&${zeroWidthSpace}`);
}
