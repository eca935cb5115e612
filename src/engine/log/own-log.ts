import type { EngineEvent } from "../../core/uses/event.js";
import type { PodmanServer } from "../locate/processes.js";
import { readLogEnd } from "./log-end.js";

/**
 * What came behind this time (nanoseconds since 1970) in the log that Podman reads right now, because it was asked for its events; null
 * where that is not certain. Nothing else says where the log is: only Podman's process knows the path that is configured.
 */
export function readOwnLog(podman: PodmanServer, from: bigint): readonly EngineEvent[] | null {
  const ends = podman.filesBeingRead().flatMap((path) => readLogEnd(path, from) ?? []);
  const [end, ...others] = ends;
  return end !== undefined && others.every(({ file }) => file === end.file) ? end.events : null;
}
