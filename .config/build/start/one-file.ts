// What Node starts where the program lies in Node's own executable, whose `require` knows nothing but what Node brings.
import { getRawAsset } from "node:sea";
import { Script } from "node:vm";
import { part, startProgram } from "./start-program.js";

type File = (require: (name: string) => unknown, module: { exports: unknown }, filename: string) => void;

const requireBuiltIn: NodeJS.Require = require;
const loaded = new Map<string, { exports: unknown }>([["./main.cjs", { exports: { part } }]]);

function requireFile(name: string): unknown {
  if (!name.startsWith("./")) return requireBuiltIn(name) as unknown;
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const text = contentOf(name).toString("latin1");
  const script = new Script(`(function(require,module,__filename){const exports=module.exports;${text}\n})`, {
    filename: `${__dirname}/${name.slice(2)}`,
  });
  (script.runInThisContext() as File)(requireFile, module, __filename);
  return module.exports;
}

function contentOf(name: string): Buffer {
  return Buffer.from(getRawAsset(name.slice(2)) as ArrayBuffer);
}

startProgram({ read: (file) => contentOf(`./${file}`), pathOf: () => __filename, require: requireFile });
