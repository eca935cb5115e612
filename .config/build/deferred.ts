import type { OnLoadResult, Plugin } from "esbuild";

/** A module of a package that its package loads at once, and that we rarely need, or never. */
interface Spared {
  /** As the package asks for it. */
  readonly request: string;
  /** Whose request is meant; everybody's where it is left out. */
  readonly from?: RegExp;
  readonly instead: Instead;
}

type Instead =
  /** A file of its own, which is loaded when its default export is first called, constructed or asked for a member. */
  | { readonly kind: "part"; readonly name: string; readonly entry: string }
  /** A module of Node, loaded when one of its members is first asked for. */
  | { readonly kind: "built-in"; readonly name: string }
  /** Nothing: what the program uses of the package does not come by it. */
  | { readonly kind: "absent" }
  /** A function that makes functions that do nothing. */
  | { readonly kind: "silence" };

const dockerode = /\/dockerode\/lib\//;
const modem = /\/docker-modem\/lib\//;

const spared: readonly Spared[] = [
  // Builds and their sessions are all that needs gRPC, protobuf and tar; the program only speaks over the connection.
  { request: "./session", from: dockerode, instead: { kind: "absent" } },
  { request: "./buildkit", from: dockerode, instead: { kind: "absent" } },
  { request: "@balena/dockerignore", from: dockerode, instead: { kind: "absent" } },
  { request: "tar-fs", from: dockerode, instead: { kind: "absent" } },
  { request: "zlib", from: dockerode, instead: { kind: "absent" } },
  { request: "./ssh", from: modem, instead: part("ssh", "docker-modem/lib/ssh.js") },
  { request: "./http_duplex", from: modem, instead: part("duplex", "docker-modem/lib/http_duplex.js") },
  { request: "https", from: modem, instead: { kind: "built-in", name: "node:https" } },
  // It would show every request with its keys; DEBUG is for the program's own author.
  { request: "debug", from: modem, instead: { kind: "silence" } },
  // yargs lays out its own help, which is not ours.
  { request: "cliui", instead: part("cliui", "cliui") },
  { request: "string-width", from: /\/yargs\/lib\//, instead: part("string-width", "string-width") },
  { request: "picomatch", instead: part("picomatch", "picomatch") },
];

function part(name: string, entry: string): Instead {
  return { kind: "part", name, entry };
}

/** The files that come to be by it, for esbuild's `entryPoints`. */
export const deferredEntries: Readonly<Record<string, string>> = Object.fromEntries(
  spared.flatMap(({ instead }) => (instead.kind === "part" ? [[instead.name, instead.entry]] : [])),
);

/** Puts something lighter in the place of each module in the list, and fails where the list fits nothing any more. */
export const deferred: Plugin = {
  name: "deferred",
  setup(build) {
    const met = new Set<Spared>();
    build.onResolve({ filter: /^[^.]|^\.\/[^.]+$/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point") return undefined;
      const found = spared.find(({ request, from }) => request === path && (from?.test(importer) ?? true));
      if (found === undefined) return undefined;
      met.add(found);
      return { path, namespace: "deferred", pluginData: found.instead };
    });
    build.onResolve({ filter: /\.cjs$/, namespace: "deferred" }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /./, namespace: "deferred" }, ({ path, pluginData }): OnLoadResult => ({
      contents: sourceOf(path, pluginData as Instead),
    }));
    build.onEnd(() => {
      const missed = spared.filter((each) => !met.has(each)).map(({ request }) => request);
      return { errors: missed.map((request) => ({ text: `Nobody asks for ${request} any more.` })) };
    });
  },
};

function sourceOf(request: string, instead: Instead): string {
  switch (instead.kind) {
    case "part":
      return standIn(`require("./${instead.name}.cjs").default`);
    case "built-in":
      return standIn(`require("${instead.name}")`);
    case "absent":
      return standIn(`(() => { throw new Error(${JSON.stringify(`${request} was left out`)}); })()`);
    case "silence":
      return "module.exports = () => () => undefined;";
  }
}

/** Source of a CommonJS module that is like another one, and gets it when it is first used. */
function standIn(loading: string): string {
  return `
    let loaded;
    const load = () => (loaded ??= ${loading});
    module.exports = new Proxy(function () {}, {
      apply: (_, self, values) => Reflect.apply(load(), self, values),
      construct: (_, values) => Reflect.construct(load(), values),
      // How bundled code asks whether it was an ES module, at once: not yet a use.
      get: (_, member) => (member === "__esModule" ? undefined : Reflect.get(load(), member)),
    });`;
}
