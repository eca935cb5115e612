import { buildProgram, type BuildOptions } from "./build-program.js";
import { writeCompletions } from "./write-completions.js";
import { writeManPage } from "./write-man-page.js";

/** Makes all that is in a package and not in the repository. */
export async function buildPackage({ root, into }: BuildOptions): Promise<void> {
  await buildProgram({ root, into });
  await writeManPage({ root, into });
  await writeCompletions(into);
}
