import { basename } from "node:path";
import type { Metafile } from "esbuild";

/** A file of the program, as Node would load it. */
export interface ProgramFile {
  /** Without folder. */
  readonly name: string;
  /** A CommonJS module. */
  readonly text: string;
}

/**
 * Puts all that the usual command needs into one file, `program.cjs`: each file that Node has to find costs it as much
 * as a request to the engine. In the place of the others that are in it, further parts find a line that leads there.
 */
export function joinParts(
  files: readonly ProgramFile[],
  metafile: Metafile,
  usual: readonly string[],
): readonly ProgramFile[] {
  const joined = new Set(usual.flatMap((source) => [...reachedFrom(outputOf(source, metafile), metafile)]));
  const inside = files.filter(({ name }) => joined.has(name));
  const parts = inside.map(
    ({ name, text }) => `${JSON.stringify(`./${name}`)}(require,module,exports,__filename){${text}}`,
  );
  return [
    ...files.filter(({ name }) => !joined.has(name)),
    ...inside.map(({ name }) => ({
      name,
      text: `module.exports=require("./main.cjs").part("./${name}");\n`,
    })),
    { name: "program.cjs", text: `({${parts.join(",\n")}})` },
  ];
}

function outputOf(source: string, { outputs }: Metafile): string {
  const found = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source);
  if (found === undefined) throw new Error(`${source} has no file of its own.`);
  return found;
}

/** Names of the files that are loaded with this one. */
function reachedFrom(path: string, { outputs }: Metafile, reached = new Set<string>()): Set<string> {
  if (reached.has(basename(path))) return reached;
  reached.add(basename(path));
  for (const { path: next, kind } of outputs[path]?.imports ?? [])
    if (kind === "import-statement") reachedFrom(next, { inputs: {}, outputs }, reached);
  return reached;
}
