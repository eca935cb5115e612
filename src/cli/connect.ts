import { ApiEngine } from "../engine/docker-api/api-engine.js";
import { Connection } from "../engine/transport/connection.js";
import { resolveEndpoint } from "../engine/locate/endpoint.js";
import { dockerHeaders } from "../engine/locate/http-headers.js";
import { refuseOtherThanDefault } from "../engine/locate/usual-sockets.js";
import type { Engine } from "../engine/port.js";
import type { Interruption } from "./interruption.js";
import type { Settings } from "./options/settings.js";
import type { Surroundings } from "./surroundings.js";

/** The engine that the settings name. Nothing is asked of it yet; whatever ends the command ends its calls. */
export function connect(
  { host, context, timeoutMs }: Settings,
  { env, home }: Surroundings,
  interruption: Interruption,
): Engine & { readonly address: string } {
  const resolved = resolveEndpoint({ host, context }, { env, home });
  refuseOtherThanDefault(resolved, { env, home });
  const engine = new ApiEngine(new Connection(resolved.endpoint, dockerHeaders({ env, home })), timeoutMs);
  interruption.any.addEventListener("abort", () => engine.hurry());
  for (const atOnce of [interruption.waiting, interruption.again])
    atOnce.addEventListener("abort", () => engine.abandon());
  return engine;
}
