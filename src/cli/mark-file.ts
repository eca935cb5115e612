import { readRegularFile, placePrivateFile } from "../ledger/file/private-file.js";
import { toImageId, type ImageId } from "../core/image/image.js";
import { attempt } from "../core/text/attempt.js";
import { hasFields } from "../core/text/parsed.js";
import { describeError, Failure } from "../core/text/failure.js";
import type { Anchor } from "../core/image/anchor.js";
import type { Mark } from "../core/uses/mark.js";
import { absolutePath } from "../files/absolute.js";

/** Says what the file is, and is raised when it changes its meaning. */
const schema = "docker-gc mark 1";

export function markText({ engine, at, anchor, images, manifests }: Mark): string {
  const known = { images: [...images], manifests: [...manifests] };
  const last = anchor === null ? null : { ...anchor, timeNano: String(anchor.timeNano) };
  return `${JSON.stringify({ schema, engine, at: new Date(at).toISOString(), anchor: last, ...known })}\n`;
}

/** Null for anything else than a mark. */
export function parseMark(text: string): Mark | null {
  const read: unknown = attempt(() => JSON.parse(text) as unknown, null);
  if (!hasFields(read) || read["schema"] !== schema || typeof read["engine"] !== "string") return null;
  const at = Date.parse(String(read["at"]));
  const anchor = read["anchor"] === null ? null : anchorIn(read["anchor"]);
  const images = idsIn(read["images"]);
  const manifests = idsIn(read["manifests"]);
  if (Number.isNaN(at) || anchor === undefined || images === null || manifests === null) return null;
  return { engine: read["engine"], at, anchor, images, manifests };
}

/**
 * Puts a mark into place, for this user only. It replaces a former one, or the empty file of `mktemp`, and nothing else.
 *
 * @throws Failure of code `usage`.
 */
export function placeMark(file: string, mark: Mark): void {
  const path = absolutePath(file);
  try {
    const former = readRegularFile(path)?.toString("utf8").trim() ?? "";
    if (former === "" || parseMark(former) !== null) {
      placePrivateFile(path, Buffer.from(markText(mark)));
      return;
    }
  } catch (error) {
    const problem = `The mark cannot be written to ${path}: ${describeError(error)}.`;
    throw new Failure("usage", problem, { cause: error });
  }
  throw new Failure("usage", `${path} exists and is not a mark; expected a new file, or a former mark.`);
}

function anchorIn(value: unknown): Anchor | undefined {
  if (!hasFields(value)) return undefined;
  const { timeNano, type, action, actorId } = value;
  const texts = [timeNano, type, action, actorId];
  if (!texts.every((text) => typeof text === "string") || !/^\d{1,30}$/.test(String(timeNano)))
    return undefined;
  return {
    timeNano: BigInt(String(timeNano)),
    type: String(type),
    action: String(action),
    actorId: String(actorId),
  };
}

/** Manifests have the same shape. */
function idsIn(value: unknown): ReadonlySet<ImageId> | null {
  if (!Array.isArray(value)) return null;
  const ids = value.map((each) => (typeof each === "string" ? toImageId(each) : null));
  const known = ids.filter((id) => id !== null);
  return known.length === ids.length ? new Set(known) : null;
}
