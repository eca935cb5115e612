import { dirname, relative, resolve } from "node:path";

const root = new URL("..", import.meta.url).pathname;

/** The rooms of `src/core`, from the inside out: each knows those before it. */
const core = [
  "text",
  "image",
  "policy",
  "layers",
  "returns",
  "uses",
  "facts",
  "rules",
  "plan",
  "what-if",
  "results",
].map((room) => `src/core/${room}`);

/**
 * What the files of a room may import besides its own: folders, or single files. A room is the longest of these paths that a
 * file lies below, so `src/engine/port.ts` is one of its own.
 */
const knows = {
  ...Object.fromEntries(core.map((room, index) => [room, core.slice(0, index)])),
  "src/files": ["src/core/text"],
  "src/engine/port.ts": core,
  "src/engine/locate": [...core, "src/files"],
  "src/engine/transport": [...core, "src/engine/port.ts", "src/engine/locate"],
  "src/engine/content": [...core, "src/files", "src/engine/locate", "src/engine/transport"],
  "src/engine/log": [...core, "src/files", "src/engine/locate", "src/engine/transport"],
  "src/engine/docker-api": [
    ...core,
    "src/engine/port.ts",
    "src/engine/locate",
    "src/engine/transport",
    "src/engine/log",
  ],
  "src/ledger/port.ts": core,
  "src/ledger/sqlite": ["src/core/text"],
  "src/ledger/file": [...core, "src/files", "src/ledger/sqlite"],
  "src/ledger/tables": [...core, "src/ledger/port.ts", "src/ledger/sqlite", "src/ledger/file"],
  "src/ledger": [
    ...core,
    "src/files",
    "src/ledger/port.ts",
    ...["sqlite", "file", "tables"].map((room) => `src/ledger/${room}`),
  ],
  "src/report/layout": core,
  "src/report/wording": core,
  "src/report/html": [...core, "src/report/layout", "src/report/wording"],
  "src/report/metrics": [...core, "src/report/wording"],
  "src/report/documents": [...core, "src/report/layout", "src/report/wording"],
  "src/report/formats": [...core, "src/report/layout", "src/report/wording", "src/report/documents"],
  "src/report/json": [...core, "src/report/layout", "src/report/wording", "src/report/documents"],
  "src/run/observe": [
    ...core,
    "src/engine/port.ts",
    "src/engine/locate",
    "src/engine/content",
    "src/ledger/port.ts",
  ],
  "src/run/remove": [...core, "src/engine/port.ts", "src/ledger/port.ts", "src/run/observe"],
  "src/run": [...core, "src/engine/port.ts", "src/ledger/port.ts", "src/run/observe", "src/run/remove"],
  "src/doctor": [
    ...core,
    "src/files",
    "src/engine",
    "src/ledger",
    "src/report/metrics",
    "src/report/wording",
    "src/run",
  ],
  "src/cli": [...core, "src/files", "src/engine", "src/ledger", "src/report", "src/run", "src/doctor"],
  "src/main.ts": ["package.json", "src/cli", "src/run"],
};

const rooms = Object.keys(knows).sort((first, second) => second.length - first.length);

/** Packages that only these files may import. */
const owners = {
  dockerode: /^src\/engine\/transport\/direct-request\.ts$/,
  "better-sqlite3": /^src\/ledger\/sqlite\/open-database\.ts$/,
  yargs: /^src\/cli\/options\/arguments\.ts$/,
  yaml: /^src\/cli\/options\/(config-file\/.*|import-formats)\.ts$/,
  chalk: /^src\/report\/layout\/palette\.ts$/,
  picomatch: /^src\/core\/text\/glob\.ts$/,
  re2js: /^src\/core\/text\/linear-expression\.ts$/,
};

/** Why a file of `src` must not import this, a path from the root without extension or the name of a package; null if it may. */
export function objection(file, target) {
  const room = roomOf(file);
  if (room === undefined) return `${file} lies in no room: give it one in .config/fence.js.`;
  if (target.startsWith("node:")) {
    return room.startsWith("src/core/") && target !== "node:crypto"
      ? "core is pure: no I/O, no clock, no environment."
      : null;
  }
  if (!target.startsWith("src/") && target !== "package.json") {
    const name = target.split("/")[0];
    const owner = owners[name];
    if (owner === undefined)
      return `${name} has no owner: name the file that imports it in .config/fence.js.`;
    return owner.test(file) ? null : `Only ${owner.source} imports ${name}.`;
  }
  const other = roomOf(target) ?? target;
  const isKnown =
    other === room || knows[room].some((known) => other === known || other.startsWith(`${known}/`));
  return isKnown ? null : `${room} must not know ${other}.`;
}

function roomOf(file) {
  return rooms.find((room) => file === room || file.startsWith(`${room}/`));
}

/** The rule: imports go one way, so that a reader can follow a run from left to right. */
export const fence = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = relative(root, context.filename);
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string") return;
      const target = specifier.startsWith(".")
        ? relative(root, resolve(dirname(context.filename), specifier)).replace(/\.js$/, ".ts")
        : specifier;
      const message = objection(file, target);
      if (message !== null) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: (node) => check({ ...node, source: node.source ?? node.argument?.literal }),
    };
  },
};
