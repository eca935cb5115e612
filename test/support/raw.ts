import { parseArguments } from "../../src/cli/options/arguments.js";
import type { Environment } from "../../src/core/text/environment.js";
import type { RawOptions } from "../../src/cli/options/raw-options.js";

/** What a command is given. */
export function rawOf(argv: readonly string[], environment: Environment = {}): RawOptions {
  const request = parseArguments(argv, environment);
  if (request.kind === "perform") return request.raw;
  throw new Error(`${argv.join(" ")} asks for ${request.kind}.`);
}

/** A run without any option. */
export const bareRun: RawOptions = { command: "run", words: [], flags: {}, values: {}, lists: {} };
