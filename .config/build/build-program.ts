import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform, type Metafile, type OutputFile } from "esbuild";
import { deferred, deferredEntries } from "./deferred.js";
import { joinParts, type ProgramFile } from "./join-parts.js";
import { licencesOf } from "./licences.js";

export interface BuildOptions {
  /** The folder that holds package.json. */
  readonly root: string;
  /** Where the program goes; what is there is replaced. */
  readonly into: string;
}

/** What starts the program, and the command that is the usual one. */
const usual = ["src/main.ts", "src/cli/commands/run.ts"];

/** For machines that reach a registry and nothing else: what it would be compiled with is not there. */
const nativeHalf = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";

/** The oldest Node of package.json. */
const target = "node20.19";

/** The name by which a file knows its own address; CommonJS has no `import.meta`. */
const ownUrl = "ownFileUrl";
const ownUrlLine = `const ${ownUrl} = require("node:url").pathToFileURL(__filename).href;`;

/**
 * Makes one file of what every run needs, and further ones of what only some do: what the source imports dynamically,
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
    define: { "import.meta.url": ownUrl },
    external: ["*.node"],
    plugins: [deferred],
    logLevel: "warning",
  });
  const files = await Promise.all(outputFiles.map(toCommonJs));
  const parts = joinParts(files, metafile, usual);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  await Promise.all(parts.map(({ name, text }) => writeFile(join(into, name), text)));
  await writeFile(join(into, "LICENCES.txt"), await licencesOf(packagesIn(metafile), root));
  for (const [from, to] of [
    ["loader.cjs", "main.cjs"],
    ["kept-code.cjs", "kept-code.cjs"],
  ] as const)
    await copyFile(fileURLToPath(new URL(from, import.meta.url)), join(into, to));
  await copyFile(join(root, nativeHalf), join(into, basename(nativeHalf)));
}

async function toCommonJs({ path, text }: OutputFile): Promise<ProgramFile> {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target,
    // An import() would start the loader of ES modules.
    supported: { "dynamic-import": false },
    minifyWhitespace: true,
    minifySyntax: true,
    ...(text.includes(ownUrl) ? { banner: ownUrlLine } : {}),
  });
  return { name: basename(path), text: code };
}

/** Names of the packages that have code in the program. */
function packagesIn({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const names = inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
