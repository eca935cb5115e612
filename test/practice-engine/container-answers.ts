import { isRunning, type StoredContainer } from "./container-store.js";
import { Refusal } from "./refusal.js";
import type { EngineState } from "./state.js";

/** GET /containers/json */
export function containerList(
  state: EngineState,
  scope: "all" | "running",
  manifests: "told" | "untold" = "untold",
  filters: string | null = null,
): unknown {
  const ids = idsIn(filters);
  return [...state.containers.all()]
    .filter(({ id }) => ids === null || ids.some((prefix) => id.startsWith(prefix)))
    .filter((container) => scope === "all" || isRunning(container))
    .map((container) => ({
      ...containerSummary(state, container),
      ...(manifests === "told" ? { ImageManifestDescriptor: { digest: container.manifest, size: 662 } } : {}),
    }));
}

/** What `{"id":["…"]}` asks for; any other filter is refused as unknown. */
function idsIn(filters: string | null): readonly string[] | null {
  if (filters === null || filters === "") return null;
  const asked = JSON.parse(filters) as Readonly<Record<string, readonly string[]>>;
  const unknown = Object.keys(asked).find((key) => key !== "id");
  if (unknown !== undefined) throw new Refusal(400, `invalid filter '${unknown}'`);
  return asked["id"] ?? null;
}

function containerSummary(state: EngineState, container: StoredContainer): object {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: shownImage(state, container),
    ImageID: container.imageId,
    Command: container.command.join(" "),
    Created: container.created,
    Ports: [],
    Labels: container.labels,
    State: container.state,
    Status: statusText(container),
    HostConfig: { NetworkMode: "none" },
    NetworkSettings: { Networks: {} },
    Mounts: mounts(container),
  };
}

/** GET /containers/{id}/json */
export function containerDetails(container: StoredContainer): object {
  return {
    Id: container.id,
    Created: new Date(container.created * 1000).toISOString(),
    State: {
      Status: container.state,
      Running: isRunning(container),
      Paused: container.state === "paused",
      Restarting: false,
      Dead: false,
      ExitCode: container.exitCode,
    },
    Image: container.imageId,
    Name: `/${container.name}`,
    HostConfig: { NetworkMode: "none", AutoRemove: container.autoRemove },
    Mounts: mounts(container),
    Config: { Image: container.imageName, Cmd: container.command, Labels: container.labels },
  };
}

/** The name that the user gave, for as long as it still means the container's image. */
function shownImage(state: EngineState, { imageName, imageId }: StoredContainer): string {
  return state.images.find(imageName)?.id === imageId ? imageName : imageId;
}

function statusText({ state, exitCode }: StoredContainer): string {
  switch (state) {
    case "created":
      return "Created";
    case "running":
      return "Up 1 second";
    case "paused":
      return "Up 1 second (Paused)";
    case "exited":
      return `Exited (${exitCode}) 1 second ago`;
  }
}

function mounts({ imageMounts }: StoredContainer): unknown {
  return imageMounts.map((source, index) => ({
    Type: "image",
    Name: source,
    Source: `/mounted/${index}`,
    Destination: `/mnt/${index}`,
    Mode: "",
    RW: false,
    Propagation: "",
  }));
}
