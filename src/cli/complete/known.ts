import { shortId } from "../../core/image/image.js";
import { attempt } from "../../core/text/attempt.js";
import { dockerFolder, contextNames } from "../../engine/locate/context.js";
import { readKnownNames } from "../../ledger/known-names.js";
import { underlayConfigFile } from "../options/config-file/underlay.js";
import { parseArguments } from "../options/arguments.js";
import type { CommandProcess } from "../command-process.js";
import { trustedLedgerPath } from "../trusted-files.js";
import type { Typed } from "./typed.js";

export interface Candidate {
  readonly text: string;
  /** Empty where there is nothing to say. */
  readonly about: string;
}

/** Whoever types a context has several, and the one without a name. */
export function knownContexts(process: CommandProcess): Candidate[] {
  const names = attempt(() => contextNames(dockerFolder(process)), []);
  return ["default", ...names.filter((name) => name !== "default")].map((text) => ({ text, about: "" }));
}

/** Names of images that the ledger knows, removed ones where the past is asked about, and IDs where one is begun. */
export async function knownImages(
  typed: Typed,
  process: CommandProcess,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const path = await ledgerPath(typed, process, signal).catch(() => null);
  if (path === null) return [];
  // Whoever completes a word wants no message: the command itself will have it.
  const { present, removed } = attempt(() => readKnownNames(path), { present: [], removed: [] });
  const isAboutThePast = typed.option === null;
  const names = [...present.flatMap(({ names: all }) => all), ...(isAboutThePast ? removed : [])];
  const ids = /^[0-9a-f]+$/.test(typed.begun) ? present.map(({ id }) => shortId(id)) : [];
  const nameless = present.filter(({ names: all }) => all.length === 0).map(({ id }) => shortId(id));
  const texts = new Set([...names.sort(), ...ids, ...nameless]);
  // What was given already is not given again.
  for (const word of typed.words) texts.delete(word);
  return [...texts].map((text) => ({ text, about: "" }));
}

/** Where a run with the same options would have it. Throws where it would be refused. */
async function ledgerPath(typed: Typed, process: CommandProcess, signal: AbortSignal): Promise<string> {
  const named = ["ledger", "config"].flatMap((name) => {
    const value = typed.given.get(name)?.[0];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const trust = typed.given.has("trust-files") ? ["--trust-files"] : [];
  const request = parseArguments(["history", ...named, ...trust], process.env);
  if (request.kind !== "perform") throw new Error("No command was asked for.");
  const raw = await underlayConfigFile(request.raw, process, signal);
  const task = { raw, process: { ...process, readFile: String } };
  return trustedLedgerPath(task, { ledgerPath: raw.values.ledger?.value });
}
