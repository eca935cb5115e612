import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { good, problem, type Check } from "../../core/results/checkup.js";
import type { Endpoint } from "../../engine/locate/endpoint.js";

export interface RightsScene {
  /** Null where the system has no users by number. */
  readonly uid: number | null;
  readonly endpoint: Endpoint;
  /** Where containerd's packed layers are; null where the engine's images are not there, or that is not known. */
  readonly content: string | null;
}

/** As whom it works, and who else could do the same. */
export function checkRights({ uid, endpoint, content }: RightsScene): Check {
  const who = uid === 0 ? "root" : uid === null ? "this user" : `user ${uid}`;
  const open = endpoint.kind === "unix" ? openToAll(endpoint.socketPath) : null;
  if (open !== null) return open;
  if (content !== null && !isReadable(join(content, "blobs/sha256")))
    return good(
      "rights",
      `it works as ${who}, who may not read ${content}: what layers take there is estimated`,
    );
  return good("rights", `it works as ${who}, who may ask the engine`);
}

/** Whoever may talk to the engine is root on its host. */
function openToAll(socketPath: string): Check | null {
  const stat = statSync(socketPath, { throwIfNoEntry: false });
  if (stat === undefined || (stat.mode & 0o002) === 0) return null;
  const found = `anybody on this host may talk to ${socketPath}, and so become root`;
  return problem("rights", found, `chmod o-rw ${socketPath}`);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
