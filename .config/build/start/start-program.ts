import { subscribe } from "node:diagnostics_channel";
import { Script } from "node:vm";
import { findCode, keepCode } from "./kept-code.js";

type Require = (name: string) => unknown;

/** Where the files of the program are. */
export interface Place {
  readonly read: (file: string) => Buffer;
  /** For stacks, and for what lies beside it. */
  readonly pathOf: (file: string) => string;
  readonly require: Require;
}

type Begin = (require: Require, exports: Record<string, () => unknown>, filename: string) => void;

/** What the files share, by its names. */
const parts: Record<string, () => unknown> = {};
let place: Place | null = null;

/** A part of the program that is in this file of it. */
export function part(name: string, file: string): unknown {
  if (!(name in parts)) load(file);
  return parts[name]?.();
}

export function startProgram(given: Place): void {
  place = given;
  load("program.cjs");
}

/** Runs a file of the program, from compiled code where a run has kept some. */
function load(file: string): void {
  if (place === null) return;
  const { read, pathOf, require } = place;
  const source = read(file);
  const kept = findCode(file, source);
  const filename = pathOf(file);
  // It is all ASCII, and a byte a character takes half the memory.
  const script = new Script(source.toString("latin1"), { filename, cachedData: kept?.code });
  const deeds = script.cachedDataRejected === true ? [] : (kept?.deeds ?? []);
  // The program knows when there is something to keep, and that it may write.
  subscribe("docker-gc:keep-code", (deed) => {
    if (deeds.includes(String(deed))) return;
    keepCode(file, source, { code: script.createCachedData(), deeds: [...deeds, String(deed)] });
  });
  // Only what no file of the program has loaded has to be looked for.
  const find: Require = (name) => parts[name.slice(2)]?.() ?? require(name);
  (script.runInThisContext() as Begin)(find, parts, filename);
}
