import type { UserEnvironment } from "../../../core/text/environment.js";
import { Failure } from "../../../core/text/failure.js";
import { overlay } from "../precedence.js";
import { findOption, isTakenBy } from "../options.js";
import type { RawOptions } from "../raw-options.js";
import { defaultConfigPath, refuseOtherSpellings } from "./locate.js";
import { usersOf } from "../../trusted-files.js";
import { readConfigFile } from "./read.js";

/**
 * Adds what the config file says, below the command line and the environment. The file is the one that `--config` or
 * DOCKER_GC_CONFIG names, else the one in its usual place, if there is one. `signal` ends the waiting for a pipe.
 *
 * @throws Failure of code `usage` for a named file that is not there, and for anything that is wrong with the file.
 */
export async function underlayConfigFile(
  raw: RawOptions,
  place: UserEnvironment,
  signal: AbortSignal,
): Promise<RawOptions> {
  const option = findOption("config");
  if (option !== undefined && !isTakenBy(option, raw.command)) return raw;
  const named = raw.values.config;
  const { value: path, origin } = named ?? { value: defaultConfigPath(place), origin: "default" };
  // What the file says of its own trust counts for nothing.
  const text = await readConfigFile(path, usersOf(raw, place), signal);
  if (text === null) {
    if (named === undefined) {
      refuseOtherSpellings(path);
      return raw;
    }
    throw new Failure("usage", `${origin}: there is no file ${JSON.stringify(path)}; expected YAML or JSON.`);
  }
  // Only who has a config file pays for the parser.
  const { parseConfig } = await import("./parse.js");
  const given = parseConfig(text, { path, home: place.home });
  const merged = overlay(raw, given);
  return { ...raw, ...merged, values: { ...merged.values, config: { value: path, origin } } };
}
