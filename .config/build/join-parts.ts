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
  /** The program: one text for each group. */
  readonly texts: readonly string[];
  /** In the place of what is in them. */
  readonly stubs: readonly ProgramFile[];
  /** As they were. */
  readonly others: readonly OutputFile[];
}

/** What is loaded together: a file with all that these sources need at once, and that is in no group before. */
export interface Group {
  /** Name of the file. */
  readonly file: string;
  readonly sources: readonly string[];
}

/**
 * Puts all that a command needs at once into one file, in one scope: each file that Node has to find costs it as much as a
 * request to the engine, and each name that one part has of another a function. Where further
 * parts look for what is in it, they find a line that leads there.
 *
 * `files`: the ES modules of `metafile`, which may import each other.
 */
export async function joinParts(
  files: readonly OutputFile[],
  metafile: Metafile,
  groups: readonly Group[],
  format: BuildOptions,
): Promise<Joined> {
  const memory = new Map(files.map(({ path, text }) => [basename(path), text]));
  const taken = new Set<string>();
  const members = groups.map(({ sources }) => {
    const reached = sources.flatMap((source) => [...reachedFrom(outputOf(source, metafile), metafile)]);
    const own = new Set(reached.filter((name) => !taken.has(name)));
    for (const name of own) taken.add(name);
    return own;
  });
  const shared = members.map((own) => sharedOf(own, metafile));
  const texts = members.map(async (own, index) => {
    const entry = entryOf(shared[index] ?? [], index === 0);
    const { outputFiles } = await build({
      ...format,
      stdin: { contents: entry },
      bundle: true,
      write: false,
      plugins: [fromMemory(own, memory)],
    });
    return outputFiles[0]?.text ?? "";
  });
  return {
    texts: await Promise.all(texts),
    stubs: groups.flatMap(({ file }, index) => (shared[index] ?? []).map((name) => stubOf(name, file))),
    others: files.filter(({ path }) => !taken.has(basename(path))),
  };
}

/** Files of a group that others ask for. */
function sharedOf(own: ReadonlySet<string>, { outputs }: Metafile): string[] {
  const asked = Object.entries(outputs)
    .filter(([path]) => !own.has(basename(path)))
    .flatMap(([, { imports }]) => imports.map(({ path }) => basename(path)));
  return [...new Set(asked)].filter((name) => own.has(name)).sort();
}

/** What is not in the group stays a question for a file. */
function fromMemory(own: ReadonlySet<string>, texts: ReadonlyMap<string, string>): Plugin {
  return {
    name: "from memory",
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path }) =>
        own.has(basename(path)) ? { path: basename(path), namespace: "memory" } : { path, external: true },
      );
      build.onLoad({ filter: /./, namespace: "memory" }, ({ path }) => ({ contents: texts.get(path) ?? "" }));
    },
  };
}

/** Lets others have the parts that they share; the first group then begins the program. */
function entryOf(shared: readonly string[], isFirst: boolean): string {
  const parts = shared.map((name) => `${JSON.stringify(name)}: () => require("./${name}")`);
  return `Object.assign(exports, {${parts.join(",")}});${isFirst ? ' require("./start.cjs");' : ""}`;
}

function stubOf(name: string, file: string): ProgramFile {
  const text = `module.exports=require("./main.cjs").part(${JSON.stringify(name)},${JSON.stringify(file)});\n`;
  return { name, text };
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
