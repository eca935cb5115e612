import { Failure } from "../../core/text/failure.js";
import { cutText, mostPathCharacters, refuseLong } from "../transport/bounds.js";
import {
  asArray,
  asObject,
  type Json,
  objectIn,
  optionalTextIn,
  textIn,
  unexpected,
} from "../transport/fields.js";
import type { EngineResponse } from "../transport/connection.js";
import type { EngineClock, EngineDescription, ImageStore } from "../port.js";

/** moby daemon/events: `eventsLimit`, not configurable, the same from 20.10 to 29. */
const dockerEventBuffer = 256;
/** moby daemon/config: `DefaultContainersNamespace`. */
const usualNamespace = "moby";
const oldestApi = { major: 1, minor: 40 };

interface DescriptionSources {
  /** Of `GET /_ping`; Docker and Podman send the same with every answer. */
  readonly headers: EngineResponse["headers"];
  /** Answer of `GET /info`. */
  readonly info: unknown;
  readonly host: string;
}

/** What stays as it is during a run. */
type LastingDescription = Omit<EngineDescription, keyof EngineClock | "imageCount">;

/** Throws a Failure of code `engine` for an engine that is too old, or that does not say who it is. */
export function describeEngine({ headers, info, host }: DescriptionSources): LastingDescription {
  const fields = asObject(info, "info");
  const family = headers["libpod-api-version"] === undefined ? "docker" : "podman";
  const apiVersion = String(headers["api-version"] ?? "");
  refuseOldApi(apiVersion, host);
  const id = refuseLong(optionalTextIn(fields, "ID", "info"), "info.ID");
  const name = refuseLong(textIn(fields, "Name", "info"), "info.Name");
  const driver = refuseLong(textIn(fields, "Driver", "info"), "info.Driver");
  const rootIn = optionalTextIn(fields, "DockerRootDir", "info");
  const root = refuseLong(rootIn, "info.DockerRootDir", mostPathCharacters);
  const imageStore = imageStoreOf(fields, driver);
  const isContainerd = imageStore.kind === "containerd";
  const store = isContainerd ? `${driver} (containerd)` : driver;
  if (id === "" && family === "docker") throw unexpected(id, "info.ID", "the engine's ID");
  // Podman makes up a new ID at each call.
  const [before, behind] = [family === "podman" ? `podman ${name} ` : `${id} `, ` ${root}`];
  return {
    identity: { key: `${before}${store}${behind}`, anyStore: { before, behind } },
    summary: {
      id,
      name,
      version: cutText(optionalTextIn(fields, "ServerVersion", "info")),
      apiVersion,
      store,
      host,
    },
    family,
    // A worker answers 503 when it is asked for services.
    isSwarmManager: objectIn(fields, "Swarm", "info")["ControlAvailable"] === true,
    announcesImages: family === "docker" && minorOf(apiVersion) >= (isContainerd ? 48 : 46),
    counts: `${String(fields["Images"])} images, ${String(fields["Containers"])} containers`,
    eventBufferLimit: family === "docker" ? dockerEventBuffer : null,
    imageSizes: isContainerd ? "layers-and-content" : family === "docker" ? "layers" : "layers-and-own",
    digestNames: family === "docker" && !isContainerd ? "from-registry" : "always",
    imageStore,
    rootDirectory: root,
    isLocal: host.startsWith("unix:"),
  };
}

/** `Containerd` is there from API 1.46 on, also where the images are in a classic store. */
function imageStoreOf(info: Json, driver: string): ImageStore {
  if (!isContainerdStore(info["DriverStatus"])) return { kind: "engine" };
  const containerd = objectIn(info, "Containerd", "info");
  const address = optionalTextIn(containerd, "Address", "info.Containerd");
  const isPath = address !== "" && address.length <= mostPathCharacters;
  const namespaces = objectIn(containerd, "Namespaces", "info.Containerd");
  const reported = optionalTextIn(namespaces, "Containers", "info.Containerd.Namespaces");
  const namespace = reported === "" ? usualNamespace : reported;
  return { kind: "containerd", address: isPath ? address : null, snapshotter: driver, namespace };
}

/** `51` of `1.51` */
export function minorOf(apiVersion: string): number {
  return Number(apiVersion.split(".")[1]);
}

/** How many images `/info` counts; null where it does not say. */
export function countIn(info: unknown): number | null {
  const count = asObject(info, "info")["Images"];
  return typeof count === "number" ? count : null;
}

/** `GET /networks/host`: its ID; empty for what has not that shape. */
export function parseHostNetwork(network: unknown): string {
  const fields = asObject(network, "network");
  const id = optionalTextIn(fields, "Id", "network");
  return fields["Driver"] === "host" && /^[0-9a-f]{64}$/.test(id) ? id : "";
}

/** `GET /info`, and when, by `performance.now()`. */
export interface TimedInfo {
  readonly info: unknown;
  /** Before it was asked for. */
  readonly askedAt: number;
  /** When its answer had come. */
  readonly receivedAt: number;
}

export interface ReadClock extends EngineClock {
  readonly askedAt: number;
  /**
   * A time up to which events are asked for, without what `nowAtMost` was rounded up by: Docker holds its answer back until its
   * clock has passed that time. Any other time stays as it is.
   */
  readonly exactly: (until: number) => number;
}

/** Throws a Failure of code `engine` for an answer without a time. */
export function readClock({ info, askedAt, receivedAt }: TimedInfo): ReadClock {
  const fields = asObject(info, "info");
  const text = textIn(fields, "SystemTime", "info");
  const systemTime = Date.parse(text);
  if (Number.isNaN(systemTime)) throw unexpected(fields["SystemTime"], "info.SystemTime", "a time");
  const latest = systemTime + cutFrom(text);
  const upperBound = () => latest + (performance.now() - askedAt);
  return {
    askedAt,
    now: () => Math.floor(systemTime + (performance.now() - receivedAt)),
    nowAtMost: () => Math.ceil(upperBound()),
    exactly: (until) => {
      const bound = upperBound();
      return bound <= until && until - bound < 1 ? bound : until;
    },
  };
}

/** Beyond what two clocks of one host may differ by in a second. */
const allowanceMs = 0.1;

/** By how much a time is later at most than it is read, which is in whole milliseconds. Docker writes nanoseconds. */
function cutFrom(time: string): number {
  const further = /\.\d{3}(\d+)/.exec(time)?.[1];
  return further === undefined ? 1 : Number(`0.${further}`) + allowanceMs;
}

function refuseOldApi(apiVersion: string, host: string): void {
  const match = /^(\d{1,4})\.(\d{1,4})$/.exec(apiVersion);
  if (match === null) {
    throw new Failure(
      "engine",
      `What answers at ${host} is not a Docker Engine: its ping names no API version.`,
    );
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  if (major > oldestApi.major || (major === oldestApi.major && minor >= oldestApi.minor)) return;
  throw new Failure(
    "engine",
    `The engine at ${host} speaks API ${apiVersion}; docker-gc needs ${oldestApi.major}.${oldestApi.minor} (Docker 19.03) or newer.`,
  );
}

/** A switch of the image store changes every image ID, so it is part of who the engine is. */
function isContainerdStore(driverStatus: unknown): boolean {
  return asArray(driverStatus ?? [], "info.DriverStatus").some((entry) => {
    const [name, value] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return name === "driver-type" && typeof value === "string" && value.startsWith("io.containerd.");
  });
}
