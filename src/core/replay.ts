import type { EngineRecord } from "./checkpoint.js";
import type { ContainerRecord } from "./container-record.js";
import type { EngineEvent } from "./event.js";
import { eventTime } from "./event.js";
import type { ContainerId, Image, ImageId } from "./image.js";
import { shortId, toContainerId, toImageId } from "./image.js";
import type { Listing } from "./listing.js";
import { canonicalNamesOf } from "./listing.js";
import type { NameBinding, SettledBy } from "./name-history.js";
import { listingRaceMs, NameHistory } from "./name-history.js";
import type { NamesAtEnd } from "./name-index.js";
import { canonicalNameOf, parseReference } from "./reference.js";
import type { Use, UseKind } from "./use.js";
import { laterUse } from "./use.js";

/** What a window of events says, once it is over. */
export interface ReplayResult {
  /** The latest use of each image that was used. */
  readonly uses: ReadonlyMap<ImageId, Use>;
  /** Those that are not known to have ended. */
  readonly containers: ReadonlyMap<ContainerId, ContainerRecord>;
  readonly names: NamesAtEnd;
  /** Images that were seen to come from a registry, or to go to one; those of which it is certain. */
  readonly inRegistry: ReadonlySet<ImageId>;
}

/** One or more images, or a name that will turn out to be some. */
type Subject =
  | { readonly kind: "images"; readonly images: readonly ImageId[] }
  | { readonly kind: "name"; readonly binding: NameBinding };

/** Actions of containers that tell of a use; `exec`, health checks and the like do not. Podman says `remove`. */
const containerUses: Readonly<Record<string, UseKind>> = {
  create: "container-create",
  start: "container-start",
  restart: "container-start",
  commit: "build",
  die: "container-end",
  destroy: "container-end",
  remove: "container-end",
};

const containerEnds = new Set(["destroy", "remove"]);

/**
 * Folds a window of events, oldest first, into the latest use of each image. Events are looked at once and not
 * kept, so memory goes with the number of names, containers and loads, not of events. Where an event may mean
 * one of several images, all of them count as used.
 */
export class Replay {
  readonly #record: EngineRecord;
  #listing: Listing;
  readonly #names: NameHistory;
  readonly #uses = new Map<ImageId, Use>();
  readonly #inRegistry = new Set<ImageId>();
  readonly #containers = new Map<ContainerId, Subject>();
  #hasNews = false;
  readonly #ownTags: Map<string, ImageId>;
  readonly #prefixes = new Map<string, readonly ImageId[]>();

  /**
   * `continuous`: nothing was missed between the record's checkpoint and the first event. `ownTags`: names that this
   * run gave back, whose `tag` events are no uses.
   */
  constructor(options: {
    readonly record: EngineRecord;
    readonly listing: Listing;
    readonly continuous: boolean;
    readonly ownTags?: ReadonlyMap<string, ImageId>;
  }) {
    this.#ownTags = new Map(options.ownTags);
    this.#record = options.record;
    this.#listing = options.listing;
    this.#names = new NameHistory({
      namesAtStart: options.record.names,
      imagesAtStart: options.record.images,
      continuous: options.continuous,
      listing: options.listing,
      onSettled: (binding, by) => {
        this.#creditBinding(binding);
        this.#noteRegistry(binding, by);
      },
    });
  }

  /** Unknown types and actions are no uses: they are passed over. */
  apply(event: EngineEvent): void {
    if (event.type === "container") this.#applyContainerEvent(event);
    else if (event.type === "image") this.#applyImageEvent(event);
  }

  /** Takes a newer listing, before the last events of the window are applied. */
  relist(listing: Listing): void {
    this.#listing = listing;
    this.#names.relist(listing);
  }

  /** Whether the events so far tell of a use of this image, or of a name of it that is not settled yet. */
  mayHaveUsed(image: Image): boolean {
    return this.#uses.has(image.id) || canonicalNamesOf(image).some((name) => this.#names.isPending(name));
  }

  /** Ends the window. Nothing can be applied after it. */
  finish(): ReplayResult {
    this.#names.finish();
    return {
      uses: this.#uses,
      containers: this.#containersAtEnd(),
      names: this.#names.namesAtEnd(),
      inRegistry: this.#inRegistry,
    };
  }

  /** Whether anything was applied that the next record would show: health checks and the like do not count. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  #applyContainerEvent(event: EngineEvent): void {
    const kind = Object.hasOwn(containerUses, event.action) ? containerUses[event.action] : undefined;
    const container = toContainerId(event.actorId);
    if (kind === undefined || container === null) return;
    this.#hasNews = true;
    const use: Use = { at: eventTime(event), kind, by: `container:${nameOfContainer(event, container)}` };
    const subject = this.#subjectOf(container, event.attributes["image"]);
    if (subject !== null) this.#credit(subject, use);
    if (containerEnds.has(event.action)) this.#containers.delete(container);
    else if (subject !== null) this.#containers.set(container, subject);
    const committed = event.action === "commit" ? toImageId(event.attributes["imageID"] ?? "") : null;
    if (committed !== null) this.#creditImage(committed, use);
  }

  /** The ledger's container rows come first, then the listing, then what was seen in this window, then the name. */
  #subjectOf(container: ContainerId, name: string | undefined): Subject | null {
    const known = this.#record.containers.get(container)?.images ?? [];
    if (known.length > 0) return { kind: "images", images: known };
    const listed = this.#listing.containers.get(container)?.imageId ?? null;
    if (listed !== null) return { kind: "images", images: [listed] };
    return this.#containers.get(container) ?? (name === undefined ? null : this.#subjectNamed(name));
  }

  /** A name as a client may write it: a reference, a full ID, or the beginning of one. */
  #subjectNamed(text: string): Subject | null {
    const id = toImageId(text);
    if (id !== null) return { kind: "images", images: [id] };
    const reference = parseReference(text);
    const digestAsId = reference?.digest == null ? null : toImageId(reference.digest);
    // In the containerd store the digest of a manifest is the image's ID.
    if (digestAsId !== null && this.#listing.images.has(digestAsId))
      return { kind: "images", images: [digestAsId] };
    const name = canonicalNameOf(text);
    if (name !== null && this.#names.isKnown(name)) return { kind: "name", binding: this.#names.bind(name) };
    const images = this.#imagesStartingWith(text);
    if (images.length > 0) return { kind: "images", images };
    return name === null ? null : { kind: "name", binding: this.#names.bind(name) };
  }

  #imagesStartingWith(text: string): readonly ImageId[] {
    const known = this.#prefixes.get(text);
    if (known !== undefined) return known;
    const images = this.#findStartingWith(text);
    this.#prefixes.set(text, images);
    return images;
  }

  #findStartingWith(text: string): readonly ImageId[] {
    const digits = text.replace(/^sha256:/, "");
    if (!/^[0-9a-f]{2,63}$/.test(digits)) return [];
    const known = new Set([...this.#listing.images.keys(), ...this.#record.images.keys()]);
    return [...known].filter((id) => id.startsWith(`sha256:${digits}`));
  }

  #applyImageEvent(event: EngineEvent): void {
    this.#hasNews = true;
    const at = eventTime(event);
    // Podman writes a build's ID into the name only, and gives its own word to a load.
    const image = toImageId(event.actorId) ?? toImageId(event.attributes["name"] ?? "");
    switch (event.action) {
      case "tag":
        if (image !== null) this.#applyTag(image, event.attributes["name"], at);
        return;
      case "pull":
        this.#applyPull(image, event, at);
        return;
      case "push":
        this.#creditTransfer(image, event.actorId, { at, kind: "push", by: byName(event) });
        return;
      case "load":
      case "loadfromarchive":
        if (image === null) return;
        this.#names.load(image, at);
        this.#creditImage(image, { at, kind: "load", by: null });
        return;
      case "import":
        if (image !== null) this.#creditImage(image, { at, kind: "import", by: null });
        return;
      case "create":
      case "build":
        if (image !== null) this.#creditImage(image, { at, kind: "build", by: null });
        return;
      case "untag":
        if (image !== null) this.#names.untag(image);
        return;
      default:
        return;
    }
  }

  #applyTag(image: ImageId, tagged: string | undefined, at: number): void {
    const name = tagged === undefined ? null : canonicalNameOf(tagged);
    if (name !== null) this.#names.move(name, image, at);
    // One event each: another one of the same name is somebody else's.
    const isOwn = name !== null && this.#ownTags.get(name) === image && this.#ownTags.delete(name);
    if (!isOwn)
      this.#creditImage(image, { at, kind: "tag", by: tagged === undefined ? null : `name:${tagged}` });
  }

  /** Docker names what was pulled and Podman its ID as well. */
  #applyPull(image: ImageId | null, event: EngineEvent, at: number): void {
    const name = canonicalNameOf(image === null ? event.actorId : (event.attributes["name"] ?? ""));
    if (name !== null && image !== null) this.#names.move(name, image, at);
    else if (name !== null) this.#names.moveSomewhere(name, at);
    this.#creditTransfer(image, event.actorId, { at, kind: "pull", by: byName(event) });
  }

  /** A pull or a push. Where only the name is told, what the registry has is clear once the name is settled. */
  #creditTransfer(image: ImageId | null, name: string, use: Use): void {
    const subject: Subject | null =
      image === null ? this.#subjectNamed(name) : { kind: "images", images: [image] };
    if (subject === null) return;
    if (subject.kind === "name") subject.binding.registryAt = use.at;
    else if (subject.images.length === 1) for (const id of subject.images) this.#inRegistry.add(id);
    this.#credit(subject, use);
  }

  /**
   * That an image is in a registry lets `--keep-local` give it up, so doubt counts against it: the name must have stayed
   * until a listing that was begun after the transfer, and may have stood for no other image.
   */
  #noteRegistry({ registryAt, candidates }: NameBinding, by: SettledBy): void {
    if (registryAt === null || by !== "listing" || registryAt >= this.#listing.listedAt - listingRaceMs)
      return;
    const [only] = candidates ?? [];
    if (only !== undefined && candidates?.length === 1) this.#inRegistry.add(only);
  }

  #credit(subject: Subject, use: Use): void {
    if (subject.kind === "images") {
      for (const image of subject.images) this.#creditImage(image, use);
      return;
    }
    const { binding } = subject;
    binding.latest = binding.latest === null ? use : laterUse(binding.latest, use);
    if (binding.candidates !== null) this.#creditBinding(binding);
  }

  #creditBinding({ candidates, latest }: NameBinding): void {
    if (latest === null || candidates === null) return;
    for (const image of candidates) this.#creditImage(image, latest);
  }

  #creditImage(image: ImageId, use: Use): void {
    const before = this.#uses.get(image);
    this.#uses.set(image, before === undefined ? use : laterUse(before, use));
  }

  #containersAtEnd(): ReadonlyMap<ContainerId, ContainerRecord> {
    const containers = new Map<ContainerId, ContainerRecord>();
    for (const { id, imageId } of this.#listing.containers.values()) {
      if (imageId !== null) containers.set(id, createdFrom([imageId]));
    }
    // Created while the listing was made: remembered if it is clear what from.
    for (const [container, subject] of this.#containers) {
      const images = subject.kind === "images" ? subject.images : (subject.binding.candidates ?? []);
      const [only] = images;
      if (only !== undefined && images.length === 1 && !containers.has(container))
        containers.set(container, createdFrom([only]));
    }
    return containers;
  }
}

function createdFrom(images: readonly ImageId[]): ContainerRecord {
  return { images, manifest: null, typedName: null, mounts: new Map() };
}

/** Docker puts a pulled or pushed name where other events have an ID, and Podman beside it. */
function byName({ actorId, attributes }: EngineEvent): string {
  return `name:${toImageId(actorId) === null ? actorId : (attributes["name"] ?? actorId)}`;
}

/** As a person knows it. */
function nameOfContainer({ attributes }: EngineEvent, id: ContainerId): string {
  const name = attributes["name"] ?? "";
  return name === "" ? shortId(id) : name;
}
