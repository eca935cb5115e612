import { formatNanos } from "./clock.js";
import { containerList } from "./container-answers.js";
import { isRunning } from "./container-store.js";
import { dialectOf, type ApiVersion, type Claim } from "./dialect.js";
import { isDigestName, repositoryOfName } from "./names.js";
import { pinnedTagOf } from "../../src/core/image/reference.js";
import { imageUsage } from "./image-answers.js";
import type { EngineState } from "./state.js";

/** GET /version */
export function versionAnswer(claim: Claim): object {
  const version = {
    Version: claim.serverVersion,
    ApiVersion: `1.${claim.apiVersion}`,
    MinAPIVersion: `1.${claim.minApiVersion}`,
    Os: "linux",
    Arch: "amd64",
  };
  const { Version, ...Details } = version;
  return { Platform: { Name: "" }, Components: [{ Name: "Engine", Version, Details }], ...version };
}

/** GET /info */
export function infoAnswer(state: EngineState, claim: Claim): object {
  const containers = [...state.containers.all()];
  return {
    ID: claim.id,
    Containers: containers.length,
    ContainersRunning: containers.filter(isRunning).length,
    Images: claim.store === "containerd" && claim.apiVersion < 52 ? namesIn(state) : state.images.size,
    ...(claim.store === "containerd"
      ? { Driver: "overlayfs", DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] }
      : {
          Driver: "overlay2",
          DriverStatus: [
            ["Backing Filesystem", "extfs"],
            ["Supports d_type", "true"],
          ],
        }),
    SystemTime: formatNanos(state.now()),
    DockerRootDir: claim.rootDirectory,
    Name: claim.name,
    ServerVersion: claim.serverVersion,
    OperatingSystem: "Practice engine",
    OSType: "linux",
    Swarm: { NodeID: "", LocalNodeState: "inactive", ControlAvailable: false },
  };
}

/**
 * The containerd store counts names; an image without any is recorded under one that nobody sees. A digest beside a tag is no name of
 * its own there.
 */
function namesIn(state: EngineState): number {
  let count = 0;
  for (const { id } of state.images.all()) {
    const names = state.images.namesOf(id);
    const tagged = new Set(names.flatMap((name) => (isDigestName(name) ? [] : repositoryOfName(name))));
    const isCounted = (name: string): boolean =>
      !isDigestName(name) || pinnedTagOf(name) !== null || !tagged.has(repositoryOfName(name));
    count += names.filter(isCounted).length + (state.images.isNameless(id) ? 1 : 0);
  }
  return count;
}

/** GET /system/df */
export function diskUsage(state: EngineState, type: string | null, version: ApiVersion): object {
  const dialect = dialectOf(version);
  const isAsked = (one: string): boolean => !dialect.typedDiskUsage || type === null || type === one;
  const images = [...state.images.all()];
  const { totalBytes } = state.images.layers;
  const used = images.filter(({ id }) => state.containers.of(id).length > 0).length;
  return {
    ...(isAsked("image")
      ? { LayersSize: totalBytes, Images: images.map((image) => imageUsage(state, image, version)) }
      : { LayersSize: 0, Images: null }),
    Containers: isAsked("container") ? containerUsage(state) : null,
    Volumes: isAsked("volume") ? [] : null,
    BuildCache: dialect.typedDiskUsage && isAsked("build-cache") ? [] : null,
    ...(dialect.imageUsage && isAsked("image")
      ? { ImageUsage: { ActiveCount: used, TotalCount: images.length, TotalSize: totalBytes } }
      : {}),
  };
}

/** None has written anything: then Docker leaves SizeRw out. */
function containerUsage(state: EngineState): object[] {
  const summaries = containerList(state, "all") as readonly object[];
  return summaries.map((summary) => ({ ...summary, SizeRootFs: 10 }));
}
