import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { UserEnvironment } from "../../../core/text/environment.js";
import { usageFailure } from "../usage-failure.js";

const systemFolder = "/etc/docker-gc";

/** In the system's folder for root, in the user's configuration folder otherwise: `$XDG_CONFIG_HOME`, or `~/.config`. */
export function defaultConfigPath({ uid, home, env }: UserEnvironment): string {
  if (uid === 0) return join(systemFolder, "config.yaml");
  const folder = env["XDG_CONFIG_HOME"] ?? "";
  return join(isAbsolute(folder) ? folder : join(home, ".config"), "docker-gc", "config.yaml");
}

/**
 * Where there is no `config.yaml`, a file beside it that was meant as one would go unnoticed.
 *
 * @throws Failure of code `usage` when there is one.
 */
export function refuseOtherSpellings(path: string): void {
  const others = ["config.yml", "config.json"].map((name) => join(dirname(path), name));
  const found = others.find((other) => existsSync(other));
  if (found === undefined) return;
  throw usageFailure(`${found} would not be read; expected the name ${path}, for JSON as well.`);
}
