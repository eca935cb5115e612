import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { TracedLayer, TraceLine } from "../../../src/core/what-if/trace.js";

/** Reads a trace line by line. Throws an Error that names the line which is none. */
export async function* readTrace(path: string): AsyncGenerator<TraceLine> {
  let number = 0;
  let last = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (text.trim() === "") continue;
    const line = parseTraceLine(text);
    if (line === null) throw new Error(`${path}:${number} is no line of a trace: ${text.slice(0, 80)}`);
    if (line.kind !== "image") {
      if (line.at < last)
        throw new Error(`${path}:${number} is of a time before the line above: ${text.slice(0, 80)}`);
      last = line.at;
    }
    yield line;
  }
}

/** Null for what is no line of a trace. */
export function parseTraceLine(text: string): TraceLine | null {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  } catch {
    return null;
  }
  if (fields === null) return null;
  const { at, seconds, image, repository, layers } = fields;
  if (typeof repository === "string" && typeof image === "string" && Array.isArray(layers)) {
    if (!layers.every(isLayer)) return null;
    return { kind: "image", image, repository, layers: layers.map(toLayer) };
  }
  if (!isAmount(at)) return null;
  for (const kind of ["use", "build"] as const) {
    const used = fields[kind];
    if (typeof used === "string" && isAmount(seconds)) return { kind, image: used, at, seconds };
  }
  return typeof fields["untag"] === "string" ? { kind: "untag", image: fields["untag"], at } : null;
}

type WrittenLayer = readonly [string, number, string?];

function isLayer(layer: unknown): layer is WrittenLayer {
  return Array.isArray(layer) && typeof layer[0] === "string" && isAmount(layer[1]);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Infinity;
}

function toLayer([name, bytes, kind]: WrittenLayer): TracedLayer {
  return { name, bytes, isBuilt: kind === "built" };
}
