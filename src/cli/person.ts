import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Environment } from "../core/text/environment.js";
import { describeError } from "../core/text/failure.js";
import type { Edited, Person } from "./command-process.js";

/** Whoever sits at the terminal that this process has. */
export const personAtTerminal: Person = { ask, edit };

async function ask(
  question: string,
  { signal, waitMs }: { readonly signal: AbortSignal; readonly waitMs: number },
): Promise<string | null> {
  signal.throwIfAborted();
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
async function edit(text: string, env: Environment): Promise<Edited> {
  try {
    return await editIn(await mkdtemp(join(tmpdir(), "docker-gc-")), text, env);
  } catch (error) {
    // The full disk may be that of temporary files, too.
    return { kind: "failed", how: `The list cannot be edited (${describeError(error)})` };
  }
}

async function editIn(folder: string, text: string, env: Environment): Promise<Edited> {
  const file = join(folder, "removals");
  try {
    await writeFile(file, text, { mode: 0o600 });
    const editor = [env["VISUAL"], env["EDITOR"]].find((each = "") => each.trim() !== "") ?? "vi";
    // Ctrl-C is the editor's own; a shell that ended by it would leave the editor behind.
    const command = `trap : INT; ${editor} "$@"`;
    const child = spawn("sh", ["-c", command, editor, file], { stdio: "inherit" });
    const [exitCode, signal] = (await once(child, "close")) as [number | null, string | null];
    if (exitCode === 0) return { kind: "edited", text: await readFile(file, "utf8") };
    return {
      kind: "failed",
      how: `The editor ended with ${exitCode === null ? signal : `exit ${exitCode}`}`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
