// Loaded ahead of the program: writes down what V8 has compiled of it by the end of the run.
const { writeFileSync } = require("node:fs");
const vm = require("node:vm");

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    const { version, platform, arch } = process;
    const path = options.filename.replace(/\.cjs$/, `-${version}-${platform}-${arch}.code`);
    process.on("exit", () => writeFileSync(path, this.createCachedData()));
  }
};
