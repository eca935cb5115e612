import { fileURLToPath } from "node:url";
import { buildProgram } from "./build-program.js";
import { writeManPage } from "./write-man-page.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const into = `${root}/dist`;
await buildProgram({ root, into });
await writeManPage({ root, into });
