import type { ContainerId } from "../../src/core/image/image.js";
import { publishContainer } from "./container-life.js";
import type { EngineState } from "./state.js";

interface CreateBody {
  readonly Image: string;
  readonly Cmd?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Healthcheck?: { readonly Test?: readonly string[] };
  readonly HostConfig?: {
    readonly AutoRemove?: boolean;
    readonly Mounts?: readonly { readonly Type: string; readonly Source: string }[];
  };
}

/** POST /containers/create */
export function createContainer(state: EngineState, name: string | null, body: Buffer): ContainerId {
  const { Image, Cmd, Labels, Healthcheck, HostConfig } = JSON.parse(body.toString()) as CreateBody;
  const imageMounts = (HostConfig?.Mounts ?? [])
    .filter(({ Type }) => Type === "image")
    .map(({ Source }) => Source);
  return state.createContainer(Image, {
    ...(name === null ? {} : { name }),
    ...(Cmd == null ? {} : { command: Cmd }),
    labels: Labels ?? {},
    autoRemove: HostConfig?.AutoRemove ?? false,
    // The first word says how the rest is run: CMD.
    healthcheck: Healthcheck?.Test?.slice(1) ?? [],
    imageMounts,
  });
}

/** What a container does after its start: `sleep` goes on, and shows its health once; anything else ends at once. */
export function runsOn(state: EngineState, name: string): void {
  const container = state.containers.require(name);
  if (!container.command.includes("sleep")) {
    state.endContainer(name);
  } else if (container.healthcheck.length > 0) {
    state.healthProbe(name);
    publishContainer(state, "health_status: healthy", container);
  }
}
