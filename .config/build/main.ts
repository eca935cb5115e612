import { fileURLToPath } from "node:url";
import { buildProgram } from "./build-program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
await buildProgram({ root, into: `${root}/dist` });
