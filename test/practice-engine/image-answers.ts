import { canonicalNameOf, pinnedTagOf, withoutTagAndDigest } from "../../src/core/image/reference.js";
import { formatNanos } from "./clock.js";
import { dialectOf, type ApiVersion } from "./dialect.js";
import type { StoredImage } from "./image-store.js";
import { digestOf } from "./layers.js";
import { familiarName, isDigestName } from "./names.js";
import type { EngineState } from "./state.js";

const neverTagged = "0001-01-01T00:00:00Z";

/** `nameless`: those with a record that has no name; `repositories`: those with a name in one of them, and only such names. */
export type ImageScope = "all" | "top-level" | "nameless" | { readonly repositories: readonly string[] };

/** GET /images/json */
export function imageList(
  state: EngineState,
  scope: ImageScope,
  version: ApiVersion,
  manifests: Manifests = "none",
): unknown {
  const images = [...state.images.all()].filter((image) => isIn(state, image, scope));
  // A real engine's order differs at each call; so does this one, but predictably.
  const start = images.length === 0 ? 0 : state.listings++ % images.length;
  return [...images.slice(start), ...images.slice(0, start)].map((image) => ({
    ...imageSummary(state, image, version, manifests),
    ...(typeof scope === "string" ? {} : shownAs(version, namesIn(state, image, scope))),
    ...(manifests === "asked" && dialectOf(version).listedManifests ? manifestsOf(state, image) : {}),
  }));
}

function isIn(state: EngineState, image: StoredImage, scope: ImageScope): boolean {
  const { id } = image;
  if (scope === "all") return true;
  if (scope === "nameless") return state.images.isNameless(id);
  if (scope === "top-level") return state.images.namesOf(id).length > 0 || !state.images.hasChildren(id);
  const { RepoTags, RepoDigests } = namesIn(state, image, scope);
  return RepoTags.length + RepoDigests.length > 0;
}

function shownAs(version: ApiVersion, { RepoTags, RepoDigests }: ReturnType<typeof namesIn>): object {
  return dialectOf(version).noneNames ? namesWithNone(RepoTags, RepoDigests) : { RepoTags, RepoDigests };
}

function namesIn(
  state: EngineState,
  image: StoredImage,
  { repositories }: { readonly repositories: readonly string[] },
): Record<"RepoTags" | "RepoDigests", readonly string[]> {
  const { tags, digests } = listedNames(state, image);
  const isThere = (name: string): boolean => repositories.includes(withoutTagAndDigest(name));
  return { RepoTags: tags.filter(isThere), RepoDigests: digests.filter(isThere) };
}

/** Whether they are asked for; `hidden`: there are some, and nobody asks. `none`: a classic store has none. */
export type Manifests = "none" | "hidden" | "asked";

/** With an attestation beside those of the platforms, as buildx makes it. */
function manifestsOf(state: EngineState, image: StoredImage): object {
  const manifests = image.manifests ?? [image.id];
  const platforms = manifests.map((digest, index) => ({
    ID: digest,
    Descriptor: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 662 },
    Available: index === 0,
    Size: { Content: 0, Total: image.sizeBytes },
    Kind: "image",
    ImageData: {
      Platform: { architecture: index === 0 ? "amd64" : "arm64", os: "linux" },
      Size: { Unpacked: image.sizeBytes },
      Containers: orNull(state.containers.usersOf(digest)),
    },
  }));
  const attested = manifests[0] === image.id ? [] : manifests.slice(0, 1);
  const attestations = attested.map((digest) => {
    const ID = digestOf(`attestation of ${image.id}`);
    return { ID, Available: true, Kind: "attestation", AttestationData: { For: digest } };
  });
  return { Manifests: [...platforms, ...attestations] };
}

/** An image as it stands in the list. */
function imageSummary(
  state: EngineState,
  image: StoredImage,
  version: ApiVersion,
  manifests: Manifests = "none",
): object {
  const { tags, digests } = listedNames(state, image);
  const { noneNames, virtualSize, countedContainers } = dialectOf(version);
  return {
    Containers: countedContainers ? countOf(state, image, manifests) : -1,
    Created: image.created,
    Id: image.id,
    Labels: labelsOrNull(image),
    ParentId: image.parentId ?? "",
    ...(noneNames ? namesWithNone(tags, digests) : { RepoDigests: digests, RepoTags: tags }),
    SharedSize: -1,
    Size: image.sizeBytes,
    ...(virtualSize ? { VirtualSize: image.sizeBytes } : {}),
  };
}

/** By ID in a classic store, and by manifest in containerd's. */
function countOf(state: EngineState, { id, manifests = [id] }: StoredImage, store: Manifests): number {
  if (store === "none") return state.containers.of(id).length;
  return manifests.flatMap((digest) => state.containers.usersOf(digest)).length;
}

/** An image as it stands in the disk usage, where no version turns null into an empty list. */
export function imageUsage(state: EngineState, image: StoredImage, version: ApiVersion): object {
  const { tags, digests } = listedNames(state, image);
  return {
    ...imageSummary(state, image, version),
    ...(dialectOf(version).noneNames ? {} : { RepoDigests: orNull(digests), RepoTags: orNull(tags) }),
    SharedSize: state.images.layers.sharedBytes(image.chain),
    Containers: state.containers.of(image.id).length,
  };
}

function namesWithNone(tags: readonly string[], digests: readonly string[]): object {
  if (tags.length + digests.length > 0) return { RepoDigests: orNull(digests), RepoTags: orNull(tags) };
  return { RepoDigests: ["<none>@<none>"], RepoTags: ["<none>:<none>"] };
}

/** GET /images/{name}/json */
export function imageDetails(
  state: EngineState,
  image: StoredImage,
  version: ApiVersion,
  manifests: Manifests = "none",
): object {
  const { tags, pinned, digests } = shownNames(state, image);
  const taggedAt = state.images.taggedAt(image.id);
  return {
    Id: image.id,
    RepoTags: [...tags, ...pinned],
    RepoDigests: [...digests, ...pinned],
    Parent: image.parentId ?? "",
    Comment: "",
    Created: formatCreated(image),
    Author: "",
    Config: { Cmd: image.command, Labels: labelsOrNull(image) },
    Architecture: "amd64",
    Os: "linux",
    Size: image.sizeBytes,
    ...(dialectOf(version).virtualSize ? { VirtualSize: image.sizeBytes } : {}),
    RootFS: { Type: "layers", Layers: image.layers.map(({ diffId }) => diffId) },
    ...(manifests === "asked" && dialectOf(version).usedManifests ? manifestsOf(state, image) : {}),
    Metadata: { LastTagTime: taggedAt === null ? neverTagged : formatNanos(taggedAt) },
  };
}

/** GET /images/{name}/history: the topmost layer first. */
export function imageHistory(state: EngineState, image: StoredImage): unknown {
  return image.layers.toReversed().map(({ bytes }, index) => ({
    Comment: "",
    Created: image.created,
    CreatedBy: `layer ${image.layers.length - 1 - index}`,
    Id: index === 0 ? image.id : "<missing>",
    Size: bytes,
    Tags: index === 0 ? orNull(shownNames(state, image).tags) : null,
  }));
}

interface ShownNames {
  readonly tags: readonly string[];
  /** With tag and digest. */
  readonly pinned: readonly string[];
  readonly digests: readonly string[];
}

function shownNames(state: EngineState, { id }: StoredImage): ShownNames {
  const names = state.images.namesOf(id);
  const isPinned = (name: string): boolean => pinnedTagOf(name) !== null;
  return {
    tags: names.filter((name) => !isDigestName(name)).map(familiarName),
    pinned: names.filter(isPinned).map(familiarName),
    digests: names.filter((name) => isDigestName(name) && !isPinned(name)).map(familiarName),
  };
}

/** The list shows a digest without its tag, and strips what is no reference of its domain; an inspection does neither. */
function listedNames(state: EngineState, image: StoredImage): Omit<ShownNames, "pinned"> {
  const { tags, pinned, digests } = shownNames(state, image);
  const withoutTag = pinned.map((name) => familiarName(canonicalNameOf(name) ?? name));
  const strip = (name: string): string => name.replace(/^docker\.io\/library\//, "");
  return {
    tags: [...tags.map(strip), ...pinned],
    digests: [...new Set([...digests, ...withoutTag])],
  };
}

function orNull(names: readonly string[]): readonly string[] | null {
  return names.length === 0 ? null : names;
}

function labelsOrNull({ labels }: StoredImage): Readonly<Record<string, string>> | null {
  return Object.keys(labels).length === 0 ? null : labels;
}

/** Without fraction where there is none, as Go writes it. */
function formatCreated({ created }: StoredImage): string {
  return new Date(created * 1000).toISOString().replace(".000Z", "Z");
}
