import type { Block, Document } from "./document.js";
import { span, type Line, type Span } from "../layout/line.js";

/** A document with another spelling of what the program itself says; names stay as they are. */
export function respelled({ title, sections }: Document, spell: (text: string) => string): Document {
  const spanOf = (part: Span): Span =>
    part.role === "name" ? part : { ...part, text: span(spell(part.text)).text };
  const lineOf = (line: Line): Line => line.map(spanOf);
  const blockOf = (block: Block): Block => {
    switch (block.kind) {
      case "heading":
      case "item":
        return { ...block, text: lineOf(block.text) };
      case "paragraph":
        return { ...block, lead: spanOf(block.lead), text: lineOf(block.text) };
      case "facts":
        return { ...block, facts: block.facts.map((fact) => ({ ...fact, text: lineOf(fact.text) })) };
      case "table":
      case "listing":
        return { ...block, rows: block.rows.map(lineOf) };
      case "note":
        return { ...block, text: spell(block.text) };
      case "script":
        return block;
    }
  };
  return { title, sections: sections.map((section) => section.map(blockOf)) };
}
