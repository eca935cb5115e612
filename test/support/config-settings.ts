import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { underlayConfigFile } from "../../src/cli/options/config-file/underlay.js";
import { resolveSettings, type Settings } from "../../src/cli/options/settings.js";
import { rawOf } from "./raw.js";
import { temporaryFolder } from "./temporary-folder.js";

const patient = new AbortController().signal;

/** What a command line makes of a config file. */
export async function settingsOf(text: string, argv: readonly string[] = [], env = {}): Promise<Settings> {
  const path = join(temporaryFolder(), "config.yaml");
  writeFileSync(path, text);
  const raw = await underlayConfigFile(
    rawOf(["--config", path, ...argv], env),
    { uid: 0, home: "/", env },
    patient,
  );
  return resolveSettings(raw, { readFile: () => "" });
}
