import { parse } from "yaml";
import { describeError, Failure } from "../../core/text/failure.js";
import { fieldOf, hasFields } from "../../core/text/parsed.js";
import { toImageId, type ImageId } from "../../core/image/image.js";
import type { RecordedUse, RecordedUses } from "../../core/uses/recorded-uses.js";

/** A file in which another tool keeps when images were last used. */
export interface UseFile {
  readonly format: "docuum" | "iotedge";
  readonly uses: RecordedUses;
}

const expected = "docuum's state.yml or IoT Edge's image_use";

interface Entry {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** False for a time that is no evidence of a use. */
  readonly isUse: boolean;
}

/**
 * Understands the text of such a file, whatever its name.
 *
 * @throws Failure of code `usage` that names the file.
 */
export function parseUseFile(text: string, name: string): UseFile {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new Failure("usage", `${name}: the file is empty; expected ${expected}.`);
  const matches = lines.map((line) => /^(\S+) (\d{1,15})\s*$/.exec(line));
  if (matches.some((match) => match === null))
    return { format: "docuum", uses: usesOf(docuumEntries(text, name)) };
  const entries = matches.map((match) => ({
    id: match?.[1] ?? "",
    at: Number(match?.[2]) * 1000,
    isUse: true,
  }));
  return { format: "iotedge", uses: usesOf(entries) };
}

function usesOf(entries: readonly Entry[]): RecordedUses {
  const until = entries.reduce((latest, { at, isUse }) => (isUse ? Math.max(latest, at) : latest), 0);
  const uses = new Map<ImageId, RecordedUse | null>();
  for (const { id: text, at, isUse } of entries) {
    const id = toImageId(text);
    if (id !== null) uses.set(id, isUse ? { at, until } : null);
  }
  return uses;
}

/**
 * Early versions kept the time alone for each image. On its own first run docuum takes an image's creation date for its
 * last use. Such a date has whole seconds; the clock that docuum reads for a use has not, but for one time in a billion.
 */
function docuumEntries(text: string, name: string): Entry[] {
  const images = fieldOf(parseYaml(text, name), "images");
  if (!hasFields(images)) throw unknown(name);
  const entries = Object.entries(images).map(([id, entry]: [string, unknown]) => {
    const time = fieldOf(entry, "last_used_since_epoch") ?? entry;
    const [secs, nanos] = [fieldOf(time, "secs"), fieldOf(time, "nanos")];
    if (!isCount(secs) || !isCount(nanos)) throw unknown(name);
    return { id, at: secs * 1000 + Math.floor(nanos / 1e6), isUse: nanos !== 0 };
  });
  if (entries.length === 0) throw new Failure("usage", `${name}: it has no images; expected ${expected}.`);
  return entries;
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const problem = describeError(error).split("\n")[0] ?? "";
    const message = `${name}: it cannot be read (${problem}); expected ${expected}.`;
    throw new Failure("usage", message, { cause: error });
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function unknown(name: string): Failure {
  return new Failure("usage", `${name}: its format is not known; expected ${expected}.`);
}
