import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Failure } from "../../core/text/failure.js";
import type { DockerEnvironment } from "./context.js";
import type { ResolvedEndpoint } from "./endpoint.js";

/** Where else engines listen: rootless Docker, Docker Desktop, Podman of the user and of root. */
function usualSockets({ env, home }: DockerEnvironment): string[] {
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  const ofUser = isAbsolute(runtime) ? ["docker.sock", "podman/podman.sock"] : [];
  return [
    ...ofUser.map((name) => join(runtime, name)),
    join(home, ".docker/run/docker.sock"),
    join(home, ".docker/desktop/docker.sock"),
    "/run/podman/podman.sock",
  ];
}

/**
 * Where nobody names an engine and the default socket is not there, another engine may be. It is named, and not
 * taken: the docker command would not, either.
 *
 * @throws Failure of code `engine` that says which sockets there are, if there are any.
 */
export function refuseOtherThanDefault(
  { endpoint, origin }: ResolvedEndpoint,
  environment: DockerEnvironment,
): void {
  if (origin !== "default" || endpoint.kind !== "unix" || existsSync(endpoint.socketPath)) return;
  const found = usualSockets(environment).filter((path) => existsSync(path));
  if (found.length === 0) return;
  const others = found.map((path) => `unix://${path}`).join(" or ");
  throw new Failure(
    "engine",
    `Cannot reach a Docker Engine at unix://${endpoint.socketPath}: there is no such socket; name another one with --host, such as ${others}.`,
  );
}
