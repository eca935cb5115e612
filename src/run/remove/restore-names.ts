import { Failure } from "../../core/text/failure.js";
import { shortId, type ImageId } from "../../core/image/image.js";
import { OwnTags } from "../../core/image/own-tags.js";
import type { Engine } from "../../engine/port.js";
import type { Ledger } from "../../ledger/port.js";
import type { EngineSession } from "../observe/list.js";
import { restoreName } from "./name-restorer.js";

/** What was done about removals that a killed run left half-way. */
export interface RestoredNames {
  /** Names that were given back. */
  readonly ownTags: OwnTags;
  /** Names that are still to be given back. */
  readonly missing: ReadonlyMap<ImageId, readonly string[]>;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Gives images the names back that a killed run had taken before it came to the image itself; in a dry run, only says
 * so. A name that somebody else has taken meanwhile is theirs. What cannot be given back now stays noted.
 */
export async function restoreNames(
  { engine, description }: EngineSession,
  ledger: Ledger,
  mode: "run" | "dry-run",
): Promise<RestoredNames> {
  const ownTags = new OwnTags();
  const missing = new Map<ImageId, readonly string[]>();
  const warnings: string[] = [];
  for (const [id, names] of ledger.leavingNames(description.identity)) {
    try {
      const gone = (await isThere(engine, id)) ? await namesOfNobody(engine, names) : [];
      const tags = gone.filter((name) => !name.includes("@"));
      const digests = gone.filter((name) => name.includes("@"));
      const given = mode === "run" ? await giveBack(engine, id, tags, ownTags) : [];
      const left = tags.filter((name) => !given.includes(name));
      if (left.length > 0) missing.set(id, left);
      warnings.push(...sentences(id, { given, left, digests }, mode));
      if (mode === "run") ledger.noteLeavingNames(description.identity, id, left);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // The next run tries again: what is noted does no harm.
      missing.set(id, names);
      warnings.push(`${half(id)} Its names could not be checked now: ${error.message}`);
    }
  }
  return { ownTags, missing, warnings };
}

async function namesOfNobody(engine: Engine, names: readonly string[]): Promise<string[]> {
  const free: string[] = [];
  for (const name of names) if (!(await isThere(engine, name))) free.push(name);
  return free;
}

async function isThere(engine: Engine, reference: string): Promise<boolean> {
  const answer = await engine.inspectNames(reference);
  if (answer.kind === "unreadable")
    throw new Failure("engine", `The engine cannot show ${reference}: ${answer.message}.`);
  return answer.kind === "found";
}

async function giveBack(
  engine: Engine,
  id: ImageId,
  names: readonly string[],
  ownTags: OwnTags,
): Promise<string[]> {
  const given: string[] = [];
  for (const name of names) if (await restoreName(engine, id, name, ownTags)) given.push(name);
  return given;
}

function half(id: ImageId): string {
  return `The removal of ${shortId(id)} was cut off half-way: that run, or the engine, came to a sudden end.`;
}

function sentences(
  id: ImageId,
  names: Readonly<Record<"given" | "left" | "digests", readonly string[]>>,
  mode: "run" | "dry-run",
): string[] {
  const { given, left, digests } = names;
  const list = (some: readonly string[]) => some.join(", ");
  const later = mode === "run" ? "Could not be given back yet" : "The next run gives back first";
  const parts = [
    ...(given.length === 0 ? [] : [`Given back: ${list(given)}.`]),
    ...(left.length === 0 ? [] : [`${later}: ${list(left)}.`]),
    ...(digests.length === 0 ? [] : [`Can only be pulled again: ${list(digests)}.`]),
  ];
  return parts.length === 0 ? [] : [[half(id), ...parts].join(" ")];
}
