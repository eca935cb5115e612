import { screenOf } from "../terminal/screen.js";
import type { PracticeHost, Terminal } from "./host.js";

/** These commands one after the other, with all that they print, as a person would paste it. */
export async function transcriptOf(
  host: PracticeHost,
  commands: readonly (readonly string[])[],
  terminal: Terminal = {},
): Promise<string> {
  const parts: string[] = [];
  for (const argv of commands) {
    const { exitCode, stdout, stderr } = await host.command(argv, terminal);
    const typed = ["docker-gc", ...argv].map((word) => (/[*]/.test(word) ? `'${word}'` : word)).join(" ");
    // Of a live line, whatever was drawn of it in that time, nothing is left.
    const said = screenOf(stderr)
      .lines.filter((line) => line !== "")
      .map((line) => `stderr: ${line}\n`)
      .join("");
    parts.push(`$ ${typed}\n${timeless(stdout)}${said}[exit ${exitCode}]\n`);
  }
  return parts.join("\n");
}

/** How long a run took depends on the machine. */
function timeless(text: string): string {
  return text.replaceAll(/(UTC +)(?:<1| \d)s(?= )/g, "$1 ?s").replaceAll(/(UTC \| )\S+s(?= \|)/g, "$1?s");
}
