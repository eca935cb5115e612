import { basename } from "node:path";
import { build, type BuildOptions, type Metafile, type OutputFile, type Plugin } from "esbuild";

/** A file of the program, as Node would load it. */
export interface ProgramFile {
  /** Without folder. */
  readonly name: string;
  /** A CommonJS module. */
  readonly text: string;
}

interface Joined {
  /** The program. */
  readonly joined: string;
  /** In the place of what is in it. */
  readonly stubs: readonly ProgramFile[];
  /** As they were. */
  readonly others: readonly OutputFile[];
}

/**
 * Puts all that the usual command needs into one file, in one scope: each file that Node has to find costs it as much as a
 * request to the engine, and each name that one part has of another a function. Where further
 * parts look for what is in it, they find a line that leads there.
 *
 * `files`: the ES modules of `metafile`, which may import each other.
 */
export async function joinParts(
  files: readonly OutputFile[],
  metafile: Metafile,
  usual: readonly string[],
  format: BuildOptions,
): Promise<Joined> {
  const texts = new Map(files.map(({ path, text }) => [basename(path), text]));
  const inside = new Set(usual.flatMap((source) => [...reachedFrom(outputOf(source, metafile), metafile)]));
  const asked = Object.entries(metafile.outputs)
    .filter(([path]) => !inside.has(basename(path)))
    .flatMap(([, { imports }]) => imports.map(({ path }) => basename(path)));
  const shared = [...new Set(asked)].filter((name) => inside.has(name)).sort();
  const fromMemory: Plugin = {
    name: "from memory",
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path }) =>
        inside.has(basename(path)) ? { path: basename(path), namespace: "memory" } : { path, external: true },
      );
      build.onLoad({ filter: /./, namespace: "memory" }, ({ path }) => ({ contents: texts.get(path) ?? "" }));
    },
  };
  const { outputFiles } = await build({
    ...format,
    stdin: { contents: entry(shared) },
    bundle: true,
    write: false,
    plugins: [fromMemory],
  });
  return {
    joined: outputFiles[0]?.text ?? "",
    stubs: shared.map((name) => ({
      name,
      text: `module.exports=require("./main.cjs").part(${JSON.stringify(name)});\n`,
    })),
    others: files.filter(({ path }) => !inside.has(basename(path))),
  };
}

/** Begins the program, once others can have the parts of it that they share. */
function entry(shared: readonly string[]): string {
  const parts = shared.map((name) => `${JSON.stringify(name)}: () => require("./${name}")`);
  return `exports.parts = {${parts.join(",")}}; require("./start.cjs");`;
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
  for (const { path: next, kind, external } of outputs[path]?.imports ?? [])
    if (kind === "import-statement" && external !== true) reachedFrom(next, { inputs: {}, outputs }, reached);
  return reached;
}
