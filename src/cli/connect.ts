import { ApiEngine } from "../engine/docker-api/api-engine.js";
import { Connection } from "../engine/transport/connection.js";
import { resolveEndpoint, type Endpoint } from "../engine/locate/endpoint.js";
import { dockerCredentials } from "../engine/locate/registry-auth.js";
import { dockerHeaders } from "../engine/locate/http-headers.js";
import { refuseOtherThanDefault } from "../engine/locate/usual-sockets.js";
import type { TrustedUsers } from "../files/trust.js";
import type { Engine } from "../engine/port.js";
import type { Interruption } from "./interruption.js";
import type { Settings } from "./options/settings.js";
import type { CommandProcess } from "./command-process.js";

/** The engine that the settings name. Nothing is asked of it yet; whatever ends the command ends its calls. */
export function connect(
  settings: Settings,
  process: CommandProcess,
  whose: Whose,
): Engine & { readonly address: string } {
  return reach(settings, process, whose).engine;
}

interface Whose {
  readonly interruption: Interruption;
  readonly users: TrustedUsers;
}

/** The same with the way to it. */
export function reach(
  { host, context, timeoutMs, credentialHelpers }: Settings,
  { env, home, uid }: CommandProcess,
  { interruption, users }: Whose,
): { readonly engine: ApiEngine; readonly connection: Connection; readonly endpoint: Endpoint } {
  const resolved = resolveEndpoint({ host, context }, { env, home });
  refuseOtherThanDefault(resolved, { env, home });
  const helpers = credentialHelpers === "used" || uid !== 0 ? "used" : "unused";
  const credentials = dockerCredentials({ env, home, helpers, users });
  const connection = new Connection(resolved.endpoint, dockerHeaders({ env, home }));
  const engine = new ApiEngine(connection, timeoutMs, credentials);
  interruption.any.addEventListener("abort", () => engine.hurry());
  for (const atOnce of [interruption.waiting, interruption.again])
    atOnce.addEventListener("abort", () => engine.abandon());
  return { engine, connection, endpoint: resolved.endpoint };
}
