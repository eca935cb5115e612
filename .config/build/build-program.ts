import { createHash } from "node:crypto";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, transform, type Metafile, type OutputFile } from "esbuild";
import { deferred, deferredEntries } from "./deferred.js";
import { joinParts, type Group, type ProgramFile } from "./join-parts.js";
import { licencesOf } from "./licences.js";

export interface BuildOptions {
  /** The folder that holds package.json. */
  readonly root: string;
  /** Where the program goes; what is there is replaced. */
  readonly into: string;
}

/** What every run needs, and what all do that have something to do. */
export const groups: readonly Group[] = [
  { file: "program.cjs", sources: ["src/main.ts", "src/cli/commands/run.ts"] },
  { file: "whole.cjs", sources: ["src/cli/whole-run.ts"] },
];

/** For machines that reach a registry and nothing else: what it would be compiled with is not there. */
const nativeHalf = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";

/** The oldest Node of package.json. */
const target = "node20.19";

/** What the source asks of Node, and has otherwise in a file: names, and lines before the file that uses one. */
const ownGlobals: Readonly<Record<string, { readonly name: string; readonly line: string }>> = {
  // CommonJS has none.
  "import.meta.url": {
    name: "ownFileUrl",
    line: 'const ownFileUrl = require("node:url").pathToFileURL(__filename).href;',
  },
  // Node loads two dozen modules for its first reading, and this is the same clock to a millisecond.
  "performance.now": { name: "ownNow", line: "const ownNow = () => process.uptime() * 1000;" },
};

const commonJs = {
  format: "cjs",
  platform: "node",
  target,
  // An import() would start the loader of ES modules.
  supported: { "dynamic-import": false },
  minifyWhitespace: true,
  minifySyntax: true,
} as const;

/**
 * Makes one file of what every run needs, one of what the others need that have something to do, and further ones of what only some do: what the source imports dynamically,
 * and the parts of packages that `deferred` names. Packages are inside; of the native one its binary for this Node and platform is
 * beside them.
 *
 * The files are CommonJS. Only ES modules can be split, so they are split as such first; but Node starts them later
 * than CommonJS, by a twentieth of its own start.
 */
export async function buildProgram({ root, into }: BuildOptions): Promise<void> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { start: "src/main.ts", ...deferredEntries },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target,
    outdir: into,
    outExtension: { ".js": ".cjs" },
    chunkNames: "[name]-[hash]",
    write: false,
    metafile: true,
    // Names stay, for the stacks of unexpected failures.
    minifySyntax: true,
    legalComments: "none",
    define: Object.fromEntries(Object.entries(ownGlobals).map(([global, { name }]) => [global, name])),
    external: ["*.node"],
    plugins: [deferred],
    logLevel: "warning",
  });
  const { texts, stubs, others } = await joinParts(outputFiles, metafile, groups, commonJs);
  const joined = groups.map(({ file }, index): ProgramFile => {
    const text = texts[index] ?? "";
    return { name: file, text: `(function(require,exports,__filename){${ownLines(text)}${text}})` };
  });
  const files = [
    ...joined,
    ...stubs,
    ...(await Promise.all(others.map(toCommonJs))),
    { name: "main.cjs", text: await buildStart("loader", joined, root) },
  ];
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  await Promise.all(files.map(({ name, text }) => writeFile(join(into, name), text)));
  await writeFile(join(into, "LICENCES.txt"), await licencesOf(packagesIn(metafile), root));
  await copyFile(join(root, nativeHalf), join(into, basename(nativeHalf)));
}

/** What Node starts: a file of the folder `start`, which knows the program that it is built for. */
export async function buildStart(
  name: "loader" | "one-file",
  program: readonly ProgramFile[],
  root: string,
): Promise<string> {
  const digest = createHash("sha256");
  for (const { text } of program) digest.update(text);
  const { outputFiles } = await build({
    ...commonJs,
    absWorkingDir: root,
    entryPoints: [`.config/build/start/${name}.ts`],
    bundle: true,
    write: false,
    define: { builtProgram: JSON.stringify(digest.digest("hex")) },
  });
  return outputFiles[0]?.text ?? "";
}

async function toCommonJs({ path, text }: OutputFile): Promise<ProgramFile> {
  return {
    name: basename(path),
    text: (await transform(text, { ...commonJs, banner: ownLines(text) })).code,
  };
}

function ownLines(text: string): string {
  return Object.values(ownGlobals)
    .filter(({ name }) => text.includes(name))
    .map(({ line }) => line)
    .join("");
}

/** Names of the packages that have code in the program. */
function packagesIn({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const names = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
