// Starts the program, whose files are functions in one file, from compiled code where a run has kept some.
const { subscribe } = require("node:diagnostics_channel");
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");
const keptCode = require("./kept-code.cjs");

const filename = `${__dirname}/program.cjs`;
// It is all ASCII, and a byte a character takes half the memory.
const source = readFileSync(filename, "latin1");
const cachedData = keptCode.find(source);
const script = new Script(source, { filename, cachedData });
const parts = script.runInThisContext();
const loaded = new Map();

/** As require() does it; for the files that are not in the program, too. */
function part(name) {
  if (!Object.hasOwn(parts, name)) return require(name);
  let module = loaded.get(name);
  if (module === undefined) {
    module = { exports: {} };
    loaded.set(name, module);
    parts[name](part, module, module.exports, __filename);
  }
  return module.exports;
}

exports.part = part;
// The program knows when there is something to keep, and that it may write.
subscribe("docker-gc:keep-code", () => {
  if (cachedData === undefined) keptCode.keep(source, script.createCachedData());
});
part("./start.cjs");
