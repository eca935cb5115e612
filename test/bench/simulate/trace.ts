import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { TracedLayer, TraceLine } from "../../../src/core/what-if/trace.js";

/** Reads a trace line by line. Throws an Error that names the line which is none. */
export async function* readTrace(path: string): AsyncGenerator<TraceLine> {
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number += 1;
    if (text.trim() === "") continue;
    const line = parseTraceLine(text);
    if (line === null) throw new Error(`${path}:${number} is no line of a trace: ${text.slice(0, 80)}`);
    yield line;
  }
}

/** Null for what is no line of a trace. */
export function parseTraceLine(text: string): TraceLine | null {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
  const { at, seconds, image, repository, layers } = fields;
  if (typeof repository === "string" && typeof image === "string" && Array.isArray(layers)) {
    return { kind: "image", image, repository, layers: layers.map(toLayer) };
  }
  if (typeof at !== "number") return null;
  for (const kind of ["use", "build"] as const) {
    const used = fields[kind];
    if (typeof used === "string" && typeof seconds === "number") return { kind, image: used, at, seconds };
  }
  return typeof fields["untag"] === "string" ? { kind: "untag", image: fields["untag"], at } : null;
}

function toLayer(layer: unknown): TracedLayer {
  const [name, bytes, kind] = layer as readonly [string, number, string?];
  return { name, bytes, isBuilt: kind === "built" };
}
