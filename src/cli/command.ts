import { exitCodeOfError, exitCodeOfSignal } from "../core/exit-code.js";
import { Failure } from "../core/failure.js";
import { sanitize } from "../report/sanitize.js";
import { parseArguments } from "./arguments.js";
import type { CommandName } from "./commands.js";
import { underlayConfigFile } from "./config-file/underlay.js";
import { Interruption } from "./interruption.js";
import type { Surroundings } from "./surroundings.js";
import type { Perform } from "./task.js";

/** Each is loaded only when it is asked for: most of what one command needs, the others do without. */
const performers: Record<CommandName, () => Promise<Perform>> = {
  run: async () => (await import("./commands/run.js")).perform,
  config: async () => (await import("./commands/config.js")).perform,
};

/** One command from its command line to its exit code. This is the only place where errors are caught for good. */
export async function runCommand(surroundings: Surroundings): Promise<number> {
  const { argv, env, version, stdout, stderr } = surroundings;
  const interruption = new Interruption();
  surroundings.onSignal((signal) => interruption.raise(signal));
  let quiet = false;
  try {
    const request = parseArguments(argv, env);
    switch (request.kind) {
      case "help": {
        const { helpText } = await import("./help.js");
        stdout.write(helpText(request.command, stdout.columns));
        return 0;
      }
      case "version":
        stdout.write(`docker-gc ${version}\n`);
        return 0;
      case "perform": {
        const raw = await underlayConfigFile(request.raw, surroundings);
        quiet = raw.flags.quiet?.value === true;
        const perform = await performers[raw.command]();
        return await perform({ raw, surroundings, interruption });
      }
    }
  } catch (error) {
    if (interruption.waiting.aborted) {
      stderr.write(`docker-gc: ended by ${String(interruption.signal)} before anything was removed.\n`);
      return exitCodeOfSignal(interruption.signal ?? "SIGTERM");
    }
    // A run that is still busy needs nobody: cron stays silent.
    const silent = quiet && error instanceof Failure && error.code === "locked";
    // An engine's message is data: it must not steer the terminal.
    const text = error instanceof Failure ? sanitize(error.message) : stackOf(error);
    if (!silent) stderr.write(`docker-gc: ${text}\n`);
    return exitCodeOfError(error);
  }
}

function stackOf(error: unknown): string {
  return `unexpected failure, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
