import { createRequire } from "node:module";
import type { OnLoadResult, Plugin } from "esbuild";

/** A module that a package loads at once, and that the program needs rarely, or never. */
interface Spared {
  /** As the package asks for it. */
  readonly request: string;
  /** Whose request is meant. */
  readonly from: RegExp;
  readonly instead: Instead;
}

type Instead =
  /** A file of its own, loaded when the one export that is used is first called, constructed or asked for a member. */
  | { readonly kind: "part"; readonly name: string; readonly entry: string; readonly member: string }
  /** Nothing: what the program uses of the package does not come by it. */
  | { readonly kind: "absent" }
  /** The source of a CommonJS module that does. */
  | { readonly kind: "source"; readonly source: string };

/** The native half as npm installed it for the Node at hand, else that of the Node that built this program. */
const nativeHalf = `module.exports = () => {
  try {
    return require("better-sqlite3/build/Release/better_sqlite3.node");
  } catch (installed) {
    try {
      return require("./better_sqlite3.node");
    } catch (own) {
      throw own.code === "MODULE_NOT_FOUND" ? installed : own;
    }
  }
};`;
const everybody = /^/;
const dockerode = /\/dockerode\/lib\//;
const modem = /\/docker-modem\/lib\//;
const yargs = /\/yargs(-parser)?\//;

/** The classes of what dockerode can manage, and what builds need: gRPC, protobuf, tar. */
const unusedOfDockerode =
  "container image volume network service plugin secret config task node exec session buildkit".split(" ");

const spared: readonly Spared[] = [
  ...unusedOfDockerode.map((name): Spared => ({
    request: `./${name}`,
    from: dockerode,
    instead: { kind: "absent" },
  })),
  { request: "@balena/dockerignore", from: dockerode, instead: { kind: "absent" } },
  { request: "tar-fs", from: dockerode, instead: { kind: "absent" } },
  // The system's own ssh is used.
  { request: "./ssh", from: modem, instead: { kind: "absent" } },
  // It follows redirects; src/engine/transport/direct-request.ts sends instead.
  { request: "./http", from: modem, instead: { kind: "absent" } },
  { request: "./http_duplex", from: modem, instead: part("duplex", "docker-modem/lib/http_duplex.js") },
  // It would show requests with their keys; DEBUG is for the package's own author.
  { request: "debug", from: modem, instead: source("module.exports = () => () => {};") },
  // Used for nothing but a text for DEBUG, of every request.
  { request: "util", from: modem, instead: source('exports.inspect = () => "";') },
  // Only the parser is used; this is what the rest of yargs stands on.
  { request: "../lib/platform-shims/esm.mjs", from: yargs, instead: { kind: "absent" } },
  // It wants a require() at once, for files of options that it does not get.
  { request: "node:module", from: yargs, instead: source("exports.createRequire = () => require;") },
  { request: "chalk", from: everybody, instead: part("chalk", "chalk", "Chalk") },
  { request: "picomatch", from: everybody, instead: part("picomatch", "picomatch") },
  { request: "re2js", from: everybody, instead: part("re2js", "re2js", "RE2JS") },
  // better-sqlite3 looks for its native half in a dozen places. The other half is in the program, so the version in
  // package.json is an exact one.
  { request: "bindings", from: /\/better-sqlite3\/lib\//, instead: source(nativeHalf) },
];

/** Modules of Node that a run without anything to do hardly needs, whoever asks for them. */
const sparedBuiltIns = ["child_process", "crypto", "fs/promises", "https", "timers/promises", "zlib"];

function part(name: string, entry: string, member = "default"): Instead {
  return { kind: "part", name, entry, member };
}

function source(text: string): Instead {
  return { kind: "source", source: text };
}

/** The files that come to be by it, for esbuild's `entryPoints`. */
export const deferredEntries: Readonly<Record<string, string>> = Object.fromEntries(
  spared.flatMap(({ instead }) => (instead.kind === "part" ? [[instead.name, instead.entry]] : [])),
);

/** Puts something lighter in the place of each module in the lists, and fails where one fits nothing any more. */
export const deferred: Plugin = {
  name: "deferred",
  setup(build) {
    const met = new Set<Spared>();
    build.onResolve({ filter: /./ }, ({ path, importer, kind, namespace }) => {
      if (kind === "entry-point" || namespace !== "file") return undefined;
      const found = spared.find(({ request, from }) => request === path && from.test(importer));
      if (found === undefined) return undefined;
      met.add(found);
      // A path that ends in .mjs would be taken for an ES module.
      return { path: `in place of ${path}.cjs`, namespace: "deferred", pluginData: found };
    });
    build.onResolve({ filter: builtInFilter() }, ({ path, kind, namespace }) => {
      if (namespace !== "file") return undefined;
      const style = kind === "import-statement" ? "es" : "cjs";
      return { path: path.replace(/^node:/, ""), namespace: `built-in-${style}` };
    });
    // What stands in for a module loads the real one while the program runs.
    build.onResolve({ filter: /./ }, ({ path, namespace }) =>
      namespace === "file" || namespace === "" ? undefined : { path, external: true },
    );
    build.onLoad({ filter: /./, namespace: "deferred" }, ({ pluginData }): OnLoadResult => ({
      contents: sourceOf(pluginData as Spared),
    }));
    build.onLoad({ filter: /./, namespace: "built-in-cjs" }, ({ path }): OnLoadResult => ({
      contents: standIn("module.exports", `require("node:${path}")`),
    }));
    build.onLoad({ filter: /./, namespace: "built-in-es" }, ({ path }): OnLoadResult => ({
      contents: forwarders(path),
    }));
    build.onEnd(() => {
      const missed = spared.filter((each) => !met.has(each)).map(({ request }) => request);
      return { errors: missed.map((request) => ({ text: `Nobody asks for ${request} any more.` })) };
    });
  },
};

function builtInFilter(): RegExp {
  return new RegExp(`^(node:)?(${sparedBuiltIns.join("|")})$`);
}

function sourceOf({ request, instead }: Spared): string {
  switch (instead.kind) {
    case "part": {
      const { name, member } = instead;
      const exported = member === "default" ? "module.exports" : `exports.${member}`;
      return standIn(exported, `require("./${name}.cjs").${member}`);
    }
    case "absent":
      return standIn(
        "module.exports",
        `(() => { throw new Error(${JSON.stringify(`${request} was left out`)}); })()`,
      );
    case "source":
      return instead.source;
  }
}

/** Source of a CommonJS module that is like another one, and gets it when it is first used. */
function standIn(exported: string, loading: string): string {
  return `
    let loaded;
    const load = () => (loaded ??= ${loading});
    ${exported} = new Proxy(function () {}, {
      apply: (_, self, values) => Reflect.apply(load(), self, values),
      construct: (_, values) => Reflect.construct(load(), values),
      // How bundled code asks whether it was an ES module, at once: not yet a use.
      get: (_, member) => (member === "__esModule" ? undefined : Reflect.get(load(), member)),
    });`;
}

/** Source of an ES module with the functions and classes of a module of Node; those that nobody imports are dropped. */
function forwarders(builtIn: string): string {
  const members = createRequire(import.meta.url)(`node:${builtIn}`) as Readonly<Record<string, unknown>>;
  const names = Object.keys(members).filter((name) => typeof members[name] === "function");
  return names.map((name) => `export ${forwarder(name, `require("node:${builtIn}").${name}`)}`).join("\n");
}

/** A class is called with `new`, which an arrow function could not be. */
function forwarder(name: string, real: string): string {
  return `function ${name}(...values) {
    const real = ${real};
    return new.target ? Reflect.construct(real, values) : real(...values);
  }`;
}
