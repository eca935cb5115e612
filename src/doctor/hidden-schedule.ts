import { existsSync } from "node:fs";
import type { Environment } from "../core/text/environment.js";

/** Why what starts runs cannot be seen from this process; null where it can. */
export function hiddenSchedule(env: Environment, platform: NodeJS.Platform): string | null {
  const marks = ["/.dockerenv", "/run/.containerenv"];
  if (env["KUBERNETES_SERVICE_HOST"] !== undefined || marks.some((path) => existsSync(path)))
    return "this is a container: what starts its runs is outside";
  return platform === "linux" ? null : `what else than cron starts runs is not known on ${platform}`;
}
