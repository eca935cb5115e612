// Starts the program, whose files are functions in one file, from compiled code where there is some for this Node.
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");

const parts = compile(`${__dirname}/program.cjs`).runInThisContext();
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

function compile(filename) {
  // It is all ASCII, and a byte a character takes half the memory.
  return new Script(readFileSync(filename, "latin1"), { filename, cachedData: compiledCode() });
}

/** V8 refuses code of another version or of other settings, and then it compiles the source. */
function compiledCode() {
  const { version, platform, arch } = process;
  try {
    return readFileSync(`${__dirname}/program-${version}-${platform}-${arch}.code`);
  } catch {
    return undefined;
  }
}

exports.part = part;
part("./start.cjs");
