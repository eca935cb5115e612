import { isAbsolute, join } from "node:path";
import type { UserEnvironment } from "../../core/text/environment.js";

/**
 * Where the ledger is when nobody says: the system's place for root, the user's state folder otherwise.
 * "All paths set in these environment variables must be absolute. If an implementation encounters a relative
 * path […] it should consider the path invalid and ignore it."
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultLedgerPath({ uid, home, env }: UserEnvironment): string {
  if (uid === 0) return "/var/lib/docker-gc/ledger.db";
  const state = env["XDG_STATE_HOME"] ?? "";
  return join(isAbsolute(state) ? state : join(home, ".local", "state"), "docker-gc", "ledger.db");
}
