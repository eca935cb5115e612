import { exitCodeOfError, exitCodeOfInterruption } from "../core/results/exit-code.js";
import { Failure } from "../core/text/failure.js";
import { errorPriority } from "../report/layout/priority.js";
import { sanitize } from "../report/layout/sanitize.js";
import { parseArguments } from "./options/arguments.js";
import type { CommandName } from "./commands.js";
import { underlayConfigFile } from "./options/config-file/underlay.js";
import { followDocker } from "./docker-plugin/follow-docker.js";
import { completeWord, metadataWord, pluginMetadata } from "./docker-plugin/metadata.js";
import { ownArguments } from "./docker-plugin/own-arguments.js";
import { Interruption } from "./interruption.js";
import { isJournal } from "./journal.js";
import { readNamedFiles } from "./options/named-files.js";
import { askedOutput, knownOutput } from "./options/output-format.js";
import type { CommandProcess, Output } from "./command-process.js";
import type { Perform } from "./task.js";
import { usersOf } from "./trusted-files.js";
import { widthOf } from "./width.js";
import { whenWritten } from "./written.js";

/** Each is loaded only when it is asked for: most of what one command needs, the others do without. */
const performers: Record<CommandName, () => Promise<Perform>> = {
  run: async () => (await import("./commands/run.js")).perform,
  status: async () => (await import("./commands/status.js")).perform,
  explain: async () => (await import("./commands/explain.js")).perform,
  history: async () => (await import("./commands/history.js")).perform,
  report: async () => (await import("./commands/report.js")).perform,
  "what-if": async () => (await import("./commands/what-if.js")).perform,
  completion: async () => (await import("./commands/completion.js")).perform,
  import: async () => (await import("./commands/import.js")).perform,
  mark: async () => (await import("./commands/mark.js")).perform,
  config: async () => (await import("./commands/config.js")).perform,
  doctor: async () => (await import("./commands/doctor.js")).perform,
};

/** One command from its command line to its exit code. This is the only place where errors are caught for good. */
export async function runCommand(given: CommandProcess): Promise<number> {
  return whenWritten(await performCommand(given), given);
}

async function performCommand(given: CommandProcess): Promise<number> {
  const { version, stderr } = given;
  const stdout = noting(given.stdout);
  const interruption = new Interruption();
  given.onSignal((signal) => interruption.raise(signal));
  const telling = { isDone: false };
  let output = askedOutput(given.argv, given.env);
  let isQuiet = false;
  try {
    if (given.argv[0] === metadataWord) {
      stdout.write(pluginMetadata(version));
      return 0;
    }
    if (given.argv[0] === completeWord) {
      const { completions } = await import("./complete/completions.js");
      stdout.write(await completions(given.argv.slice(1), given, interruption.waiting));
      return 0;
    }
    const process = { ...given, stdout, ...ownArguments(given.argv, given.env) };
    followDocker(given.env, () => interruption.raise("SIGTERM"));
    const request = parseArguments(process.argv, process.env);
    switch (request.kind) {
      case "help": {
        const [{ helpText }, { briefHelpText, isBriefly }] = await Promise.all([
          import("./manual/help.js"),
          import("./manual/brief-help.js"),
        ]);
        const text = isBriefly(process.argv) ? briefHelpText : helpText;
        stdout.write(text(request.command, widthOf(stdout, given)));
        return 0;
      }
      case "version":
        stdout.write(`docker-gc ${version}\n`);
        return 0;
      case "perform": {
        const raw = await underlayConfigFile(request.raw, process, interruption.waiting);
        output = knownOutput(raw.values.output?.value);
        isQuiet = raw.flags.quiet?.value === true;
        const files = await readNamedFiles(raw, usersOf(raw, process), interruption.waiting);
        const perform = await performers[raw.command]();
        return await perform({
          raw,
          process: { ...process, readFile: (path) => files.get(path) ?? "" },
          interruption,
          silence: () => (telling.isDone = true),
        });
      }
    }
  } catch (error) {
    const { cause, waiting } = interruption;
    const failed = async (exitCode: number, message: string) => {
      // One document, also where something fails behind it.
      const isWanted = output === "json" || (output === "markdown" && !isQuiet);
      if (isWanted && !stdout.isUsed()) {
        const { presentFailure } = await import("./present-failure.js");
        presentFailure(exitCode, message, output, { ...given, stdout });
      }
      return exitCode;
    };
    if (waiting.aborted && cause !== null) {
      const by = cause === "run-timeout" ? "its --run-timeout" : cause;
      const message = `ended by ${by} before anything was removed.`;
      stderr.write(`docker-gc: ${message}\n`);
      return failed(exitCodeOfInterruption(cause), message);
    }
    // An engine's message is data: it must not steer the terminal.
    const priority = isJournal("stderr", given) ? errorPriority : "";
    const text = error instanceof Failure ? sanitize(error.message) : stackOf(error);
    if (!telling.isDone) stderr.write(`${priority}docker-gc: ${text}\n`);
    return failed(exitCodeOfError(error), error instanceof Failure ? error.message : text);
  }
}

/** The same stream, which tells whether anything was written to it. */
function noting(output: Output): Output & { readonly isUsed: () => boolean } {
  let used = false;
  const { isTTY, columns } = output;
  return {
    write: (text) => {
      used = true;
      return output.write(text);
    },
    ...(isTTY === undefined ? {} : { isTTY }),
    ...(columns === undefined ? {} : { columns }),
    isUsed: () => used,
  };
}

function stackOf(error: unknown): string {
  return `unexpected failure, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
