import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { completionScript, shells, type Shell } from "../../src/cli/manual/completion.js";

/** By the names that each shell looks for. */
const files: Readonly<Record<Shell, string>> = {
  bash: "docker-gc.bash",
  zsh: "_docker-gc",
  fish: "docker-gc.fish",
};

/** Writes what `docker-gc completion` prints, for packages that bring it along, into a folder `completions` of this one. */
export async function writeCompletions(into: string): Promise<void> {
  await mkdir(join(into, "completions"), { recursive: true });
  for (const shell of shells)
    await writeFile(join(into, "completions", files[shell]), completionScript(shell));
}
