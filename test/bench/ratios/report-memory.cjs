// Loaded ahead of a program that is measured: writes its peak memory, in KiB, to descriptor 3 when it ends.
const { writeSync } = require("node:fs");

process.on("exit", () => writeSync(3, String(process.resourceUsage().maxRSS)));
