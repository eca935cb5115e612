// Starts the program from compiled code where a run has kept some.
import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { Script } from "node:vm";
import { findCode, keepCode } from "./kept-code.js";

interface Program {
  /** What further files share with it, by their names. */
  parts: Readonly<Record<string, () => unknown>>;
}

type Begin = (require: NodeJS.Require, exports: Program, filename: string) => void;

const filename = `${__dirname}/program.cjs`;
const content = readFileSync(filename);
const cachedData = findCode(content);
// It is all ASCII, and a byte a character takes half the memory.
const script = new Script(content.toString("latin1"), { filename, cachedData });
const program: Program = { parts: {} };

export function part(name: string): unknown {
  return program.parts[name]?.();
}

// The program knows when there is something to keep, and that it may write.
subscribe("docker-gc:keep-code", () => {
  if (cachedData === undefined || script.cachedDataRejected === true)
    keepCode(content, script.createCachedData());
});
const begin = script.runInThisContext() as Begin;
begin(require, program, __filename);
