import { named, span, type Line, type Span } from "../layout/line.js";
import type { Tone } from "../layout/palette.js";
import type { Column } from "../layout/table.js";

/** What a command has found, for a person. How that looks is up to a format. */
export interface Document {
  /** For where documents of several commands stand in one place. */
  readonly title: string;
  /** What belongs together; one without blocks is left out. */
  readonly sections: readonly (readonly Block[])[];
}

export type Block =
  | { readonly kind: "heading"; readonly text: Line }
  /** `lead` says what kind of sentence follows. */
  | { readonly kind: "paragraph"; readonly lead: Span; readonly text: Line }
  /** One of several paragraphs below a heading. */
  | { readonly kind: "item"; readonly text: Line }
  | { readonly kind: "facts"; readonly spacing: FactSpacing; readonly facts: readonly Fact[] }
  /** Every row has one cell for each column. */
  | { readonly kind: "table"; readonly columns: readonly Column[]; readonly rows: readonly Line[] }
  /** The same of what is never cut, and needs no header where it is lined up. */
  | { readonly kind: "listing"; readonly columns: readonly string[]; readonly rows: readonly Line[] }
  /** What was left out. */
  | { readonly kind: "note"; readonly text: string }
  /** Lines for a shell, harmless on a terminal. */
  | { readonly kind: "script"; readonly lines: readonly string[] };

/** `aligned` where figures stand below each other. */
export type FactSpacing = "compact" | "aligned";

export interface Fact {
  readonly label: string;
  readonly gauge: Gauge | null;
  readonly text: Line;
}

/** A share of a limit; beyond 1 it is exceeded. */
export interface Gauge {
  readonly share: number;
  /** As it is written, a whole number. */
  readonly percent: number;
  readonly tone: Tone;
}

export type Verbosity = "quiet" | "normal" | "verbose";

type Text = string | Line;

export function heading(text: Text): Block {
  return { kind: "heading", text: typeof text === "string" ? [span(text, "strong")] : text };
}

export function paragraph(text: Text, lead: Span = span("")): Block {
  return { kind: "paragraph", lead, text: toLine(text) };
}

export function item(text: Text): Block {
  return { kind: "item", text: toLine(text) };
}

export function note(text: string): Block {
  return { kind: "note", text };
}

export function table(columns: readonly Column[], rows: readonly Line[]): Block {
  return { kind: "table", columns, rows };
}

/** A row, and a row for each further name of what it is about. */
export function rowsOfNames(row: Line, further: readonly string[]): Line[] {
  return [
    row,
    ...further.map((name) => row.map(({ role, tone }) => (role === "name" ? named(name, tone) : span("")))),
  ];
}

/** Those that are null are left out. */
export function facts(spacing: FactSpacing, all: readonly (Fact | null)[]): Block {
  return { kind: "facts", spacing, facts: all.filter((each) => each !== null) };
}

/** Null where there is nothing to say. */
export function fact(label: string, text: Text | null, gauge: Gauge | null = null): Fact | null {
  return text === null ? null : { label, gauge, text: toLine(text) };
}

/** What is used of a limit; null where that is no number. */
export function gaugeOf(share: number): Gauge | null {
  if (!Number.isFinite(share)) return null;
  return { share, percent: Math.round(share * 100), tone: share > 1 ? "goes" : "freed" };
}

function toLine(text: Text): Line {
  return typeof text === "string" ? [span(text)] : text;
}
