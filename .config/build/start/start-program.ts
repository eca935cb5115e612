import { subscribe } from "node:diagnostics_channel";
import { Script } from "node:vm";
import { findCode, keepCode } from "./kept-code.js";

interface Program {
  /** What further files share with it, by their names. */
  parts: Readonly<Record<string, () => unknown>>;
}

type Begin = (require: (name: string) => unknown, exports: Program, filename: string) => void;

const program: Program = { parts: {} };

export function part(name: string): unknown {
  return program.parts[name]?.();
}

/** Starts the program, from compiled code where a run has kept some. `filename`: where it lies, for stacks. */
export function startProgram(content: Buffer, filename: string, require: (name: string) => unknown): void {
  const cachedData = findCode(content);
  // It is all ASCII, and a byte a character takes half the memory.
  const script = new Script(content.toString("latin1"), { filename, cachedData });
  // The program knows when there is something to keep, and that it may write.
  subscribe("docker-gc:keep-code", () => {
    if (cachedData === undefined || script.cachedDataRejected === true)
      keepCode(content, script.createCachedData());
  });
  const begin = script.runInThisContext() as Begin;
  begin(require, program, filename);
}
