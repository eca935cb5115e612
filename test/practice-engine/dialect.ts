import { Refusal } from "./refusal.js";

/** `1.41` as 41: there has never been another major version. */
export type ApiVersion = number;

/** What an engine claims to be. */
export interface Claim {
  readonly apiVersion: ApiVersion;
  readonly minApiVersion: ApiVersion;
  readonly serverVersion: string;
  readonly id: string;
  readonly name: string;
  readonly rootDirectory: string;
  /** ID of the network `host`, which lies with the data. */
  readonly hostNetwork: string;
  readonly store: Store;
}

/** Which image store it is: in containerd's, an ID is the digest of what a name points to, and has manifests below it. */
export type Store = "overlay2" | "containerd";

const serverVersions: Readonly<Record<ApiVersion, string>> = {
  41: "20.10.24",
  45: "26.1.5",
  51: "28.5.2",
  52: "29.0.0",
};

/** @param version `1.41` */
export function parseApiVersion(version: string): ApiVersion {
  return Number(version.split(".")[1]);
}

export function serverVersionOf(version: ApiVersion): string {
  return serverVersions[version] ?? `${version}.0.0`;
}

export function minApiVersionOf(version: ApiVersion): ApiVersion {
  if (version >= 52) return 44;
  return version >= 44 ? 24 : 12;
}

export function checkVersion(asked: ApiVersion, { apiVersion, minApiVersion }: Claim): void {
  if (asked > apiVersion) {
    const limit = `Maximum supported API version is 1.${apiVersion}`;
    throw new Refusal(400, `client version 1.${asked} is too new. ${limit}`);
  }
  if (asked < minApiVersion) {
    const limit = `Minimum supported API version is 1.${minApiVersion}, please upgrade your client to a newer version`;
    throw new Refusal(400, `client version 1.${asked} is too old. ${limit}`);
  }
}

/** Where API versions answer differently to the same question. */
export function dialectOf(version: ApiVersion): {
  /** `status`, `id` and `from` beside the event's other fields. */
  readonly legacyEventFields: boolean;
  /** `<none>:<none>` for an image without names, and null for an empty list. */
  readonly noneNames: boolean;
  readonly virtualSize: boolean;
  /** The list says how many containers an image has; before, -1. */
  readonly countedContainers: boolean;
  /** `/system/df` answers only what `type` asks for. */
  readonly typedDiskUsage: boolean;
  readonly imageUsage: boolean;
  /** The list of a containerd store tells manifests where it is asked to. */
  readonly listedManifests: boolean;
  /** So does an inspection, and the list of containers tells which one each uses. */
  readonly usedManifests: boolean;
} {
  return {
    legacyEventFields: version < 52,
    noneNames: version < 43,
    virtualSize: version < 44,
    countedContainers: version >= 51,
    typedDiskUsage: version >= 42,
    imageUsage: version >= 52,
    listedManifests: version >= 47,
    usedManifests: version >= 48,
  };
}
