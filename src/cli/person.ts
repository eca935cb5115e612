import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Person } from "./surroundings.js";

/** Whoever sits at the terminal that this process has. */
export const personAtTerminal: Person = { ask, edit };

async function ask(
  question: string,
  { signal, waitMs }: { readonly signal: AbortSignal; readonly waitMs: number },
): Promise<string | null> {
  // Line by line, as the terminal itself edits them: Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(question);
  const timer = AbortSignal.timeout(waitMs);
  try {
    return await new Promise<string | null>((resolve, reject) => {
      lines.once("line", resolve);
      // Ctrl-D, or the terminal is gone.
      lines.once("close", () => resolve(null));
      timer.addEventListener("abort", () => resolve(null));
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  } finally {
    lines.close();
    process.stdin.pause();
  }
}

/** As git finds an editor and starts it: its command may have options. */
async function edit(text: string, env: Readonly<Record<string, string | undefined>>): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), "docker-gc-"));
  const file = join(folder, "removals");
  try {
    await writeFile(file, text, { mode: 0o600 });
    const editor = env["VISUAL"] ?? env["EDITOR"] ?? "vi";
    const child = spawn("sh", ["-c", `${editor} "$@"`, editor, file], { stdio: "inherit" });
    const [exitCode] = (await once(child, "close")) as [number | null];
    return exitCode === 0 ? await readFile(file, "utf8") : null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
