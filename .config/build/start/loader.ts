// What Node starts where the program lies in a folder.
import { readFileSync } from "node:fs";
import { startProgram } from "./start-program.js";

// Further files of the program ask for it.
export { part } from "./start-program.js";

const pathOf = (file: string) => `${__dirname}/${file}`;
startProgram({ read: (file) => readFileSync(pathOf(file)), pathOf, require });
