import type { EngineSummary } from "../../core/results/run-report.js";
import { named, span } from "../layout/line.js";
import { countText } from "../wording/quantities.js";
import { paragraph, type Document } from "./document.js";

export interface MadeMark {
  readonly file: string;
  readonly images: number;
  /** Engine time, epoch milliseconds. */
  readonly at: number;
  readonly engine: EngineSummary;
}

export function markDocument({ file, images, engine }: MadeMark): Document {
  const line = [
    span(`Marked ${countText(images, "image")} of `),
    named(engine.name),
    span(" in "),
    named(file),
    span("."),
  ];
  return { title: "docker-gc mark", sections: [[paragraph(line)]] };
}
