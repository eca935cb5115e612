import { fileURLToPath } from "node:url";
import { buildPackage } from "./build-package.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
await buildPackage({ root, into: `${root}/dist` });
