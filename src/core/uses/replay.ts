import { createdFrom, recordOf, type ContainerRecord } from "../image/container-record.js";
import {
  toContainerId,
  toImageId,
  toTypedName,
  type ContainerId,
  type Image,
  type ImageId,
} from "../image/image.js";
import { canonicalNamesOf, type Listing } from "../image/listing.js";
import type { NamesAtEnd } from "../image/name-index.js";
import { OwnTags, PassedTags } from "../image/own-tags.js";
import { canonicalNameOf, parseReference, repositoryOf } from "../image/reference.js";
import type { EngineRecord } from "./checkpoint.js";
import { CreditedUses } from "./credited-uses.js";
import {
  byContainer,
  byName,
  endsContainer,
  imageOf,
  isWholeRepository,
  showsPresence,
  useOfContainer,
} from "./event-meaning.js";
import { eventTime, type EngineEvent } from "./event.js";
import { NameHistory } from "./name-history.js";
import { exactly, NamedSubjects, type Subject } from "./named-subjects.js";
import { SettledMounts } from "./settled-mounts.js";
import type { Use } from "./use.js";

/** What a window of events says, once it is over. */
export interface ReplayResult {
  /** The latest use of each image that was used. */
  readonly uses: ReadonlyMap<ImageId, Use>;
  /** When each of them was first used; epoch milliseconds. */
  readonly firstUses: ReadonlyMap<ImageId, number>;
  /** Those that are not known to have ended. */
  readonly containers: ReadonlyMap<ContainerId, ContainerRecord>;
  readonly names: NamesAtEnd;
  /** Images that were seen to come from a registry, or to go to one; those of which it is certain. */
  readonly inRegistry: ReadonlySet<ImageId>;
  /** Images that were seen to be deleted. One that is listed all the same was made again. */
  readonly deleted: ReadonlySet<ImageId>;
  /** Containers whose end was seen. */
  readonly ended: ReadonlySet<ContainerId>;
  /** What images were called that are not listed at the end. */
  readonly vanishedNames: ReadonlyMap<ImageId, ReadonlySet<string>>;
}

/**
 * Folds a window of events, oldest first, into the latest use of each image. Events are looked at once and not
 * kept, so memory goes with the number of names, containers and loads, not of events. Where an event may mean
 * one of several images, all of them count as used.
 */
export class Replay {
  readonly #record: EngineRecord;
  #listing: Listing;
  readonly #names: NameHistory;
  readonly #uses = new CreditedUses();
  readonly #containers = new Map<ContainerId, Subject>();
  readonly #deleted = new Set<ImageId>();
  readonly #ended = new Set<ContainerId>();
  readonly #gone: Set<ImageId>;
  readonly #typedNames = new Map<ContainerId, string>();
  readonly #mounts: SettledMounts;
  readonly #vanishedNames = new Map<ImageId, Set<string>>();
  #hasNews = false;
  readonly #ownTags: PassedTags;
  readonly #subjects: NamedSubjects;

  /**
   * `continuous`: nothing was missed between the record's checkpoint and the first event. `ownTags` may grow while events
   * are applied. `gone`: see there, as of the first event.
   */
  constructor(options: {
    readonly record: EngineRecord;
    readonly listing: Listing;
    readonly continuous: boolean;
    readonly ownTags?: OwnTags;
    readonly gone?: Iterable<ImageId>;
  }) {
    this.#gone = new Set(options.gone);
    this.#ownTags = new PassedTags(options.ownTags ?? new OwnTags());
    this.#record = options.record;
    this.#listing = options.listing;
    this.#names = new NameHistory({
      atStart: options.record,
      continuous: options.continuous,
      listing: options.listing,
      onSettled: (binding, by) => this.#uses.settle(binding, by, this.#listing),
    });
    this.#subjects = new NamedSubjects(options.record, options.listing, this.#names);
    this.#mounts = new SettledMounts(this.#names);
  }

  /** Unknown types and actions are no uses: they are passed over. */
  apply(event: EngineEvent): void {
    if (event.type === "container") this.#applyContainerEvent(event);
    else if (event.type === "image") this.#applyImageEvent(event);
  }

  /** Images that were deleted, and that no event has named since. */
  get gone(): Iterable<ImageId> {
    return this.#gone;
  }

  /** Takes a newer listing, before the last events of the window are applied. */
  relist(listing: Listing): void {
    this.#listing = listing;
    this.#names.relist(listing);
    this.#subjects.relist(listing);
  }

  /** Whether the events so far are evidence of a use of this image, or of a name of it that is not settled yet. */
  mayHaveUsed(image: Image): boolean {
    return (
      this.#uses.latest.has(image.id) || canonicalNamesOf(image).some((name) => this.#names.isPending(name))
    );
  }

  /** Ends the window. Nothing can be applied after it. Its end is hidden where a clock that was set back hides events. */
  finish(end: "seen" | "hidden" = "seen"): ReplayResult {
    this.#names.finish(end);
    // Where such an image is there again, it was made unseen: nothing that was seen was a use of it.
    for (const image of this.#gone) this.#uses.latest.delete(image);
    return {
      uses: this.#uses.latest,
      firstUses: this.#uses.firstAt,
      containers: this.#containersAtEnd(),
      names: this.#names.namesAtEnd(),
      inRegistry: this.#uses.inRegistry,
      deleted: this.#deleted,
      ended: this.#ended,
      vanishedNames: this.#vanishedNames,
    };
  }

  /** Whether anything was applied that the next record would show: health checks and the like do not count. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  #applyContainerEvent(event: EngineEvent): void {
    const kind = useOfContainer(event);
    const container = toContainerId(event.actorId);
    if (kind === undefined || container === null) return;
    this.#hasNews = true;
    const use: Use = { at: eventTime(event), kind, by: byContainer(event, container) };
    const subject = this.#subjectOf(container, event);
    if (subject !== null) this.#uses.credit(subject, use);
    if (endsContainer(event)) {
      this.#containers.delete(container);
      this.#ended.add(container);
    } else if (subject !== null) this.#containers.set(container, subject);
    this.#noteContainer(container, event);
    for (const images of this.#record.containers.get(container)?.mounts.values() ?? [])
      for (const image of images) this.#uses.creditImage(image, use);
    const committed = event.action === "commit" ? toImageId(event.attributes.imageID ?? "") : null;
    if (committed !== null) this.#uses.creditImage(committed, use);
  }

  /** What only the creation tells: the name as the client wrote it, and at which moment mounts were settled. */
  #noteContainer(container: ContainerId, { action, attributes }: EngineEvent): void {
    const name = toTypedName(attributes.image ?? "");
    if (name !== null) this.#typedNames.set(container, name);
    if (action === "create") this.#mounts.note(container, this.#listing);
    const listed = this.#listing.containers.get(container)?.imageId ?? null;
    if (name !== null && listed !== null) this.#noteName(listed, name);
  }

  /** Of an image that is not listed, which may be the same as one that is. */
  #noteName(image: ImageId, name: string): void {
    if (this.#listing.images.has(image)) return;
    this.#vanishedNames.set(image, (this.#vanishedNames.get(image) ?? new Set()).add(name));
  }

  /** The listing comes first, then the ledger's container rows, then what was seen in this window, then the name. */
  #subjectOf(container: ContainerId, { action, attributes }: EngineEvent): Subject | null {
    const listed = this.#listing.containers.get(container)?.imageId ?? null;
    if (listed !== null) return exactly(listed);
    const name = attributes.image;
    const recorded = this.#record.containers.get(container)?.images ?? [];
    if (recorded.length > 0) return exactly(...recorded, ...this.#subjects.cameUnlisted(name ?? ""));
    const seen = this.#containers.get(container);
    if (seen !== undefined) return seen;
    if (name === undefined) return null;
    return action === "create" ? this.#subjects.find(name) : this.#subjects.findOfOld(name);
  }

  #applyImageEvent(event: EngineEvent): void {
    this.#hasNews = true;
    const at = eventTime(event);
    const image = imageOf(event);
    if (image !== null && showsPresence(event)) this.#gone.delete(image);
    switch (event.action) {
      case "tag":
        if (image !== null) this.#applyTag(image, event.attributes.name, at);
        return;
      case "pull":
        this.#applyPull(image, event, at);
        return;
      case "push":
        this.#applyPush(image, event, at);
        return;
      case "load":
      case "loadfromarchive": // Podman's own word.
        if (image === null) return;
        this.#names.load(image, at);
        this.#uses.creditImage(image, { at, kind: "load", by: null });
        return;
      case "import":
        if (image !== null) this.#uses.creditImage(image, { at, kind: "import", by: null });
        return;
      case "create":
      case "build":
        if (image !== null) this.#uses.creditImage(image, { at, kind: "build", by: null });
        return;
      case "untag":
        if (image !== null) this.#names.untag(image);
        return;
      case "delete":
        // Podman says so of images that stay as well, and writes their IDs without the algorithm.
        if (image === null || image !== event.actorId) return;
        this.#deleted.add(image);
        this.#gone.add(image);
        return;
      default:
        return;
    }
  }

  #applyTag(image: ImageId, tagged: string | undefined, at: number): void {
    const name = tagged === undefined ? null : canonicalNameOf(tagged);
    if (name !== null) {
      this.#names.move(name, image, at);
      this.#noteName(image, name);
    }
    if (name === null || !this.#ownTags.isOwn(name, image))
      this.#uses.creditImage(image, { at, kind: "tag", by: tagged === undefined ? null : `name:${tagged}` });
  }

  /** Docker names what was pulled and Podman its ID as well. */
  #applyPull(image: ImageId | null, event: EngineEvent, at: number): void {
    const use: Use = { at, kind: "pull", by: byName(event) };
    const text = image === null ? event.actorId : (event.attributes.name ?? "");
    const reference = parseReference(text);
    if (image === null && reference !== null && isWholeRepository(reference)) {
      // With --all-tags any of its tags may have moved; the event does not say which of them the registry has.
      this.#uses.credit(exactly(...this.#names.mayHaveBeenOf(repositoryOf(reference))), use);
      for (const name of this.#names.tagsOf(repositoryOf(reference))) {
        this.#names.moveSomewhere(name, at);
        this.#uses.credit(this.#subjects.bound(name), use);
      }
      return;
    }
    const name = canonicalNameOf(text);
    if (name !== null && image !== null) this.#names.move(name, image, at);
    else if (name !== null) this.#names.moveSomewhere(name, at);
    this.#creditTransfer(image, event.actorId, use);
  }

  #applyPush(image: ImageId | null, event: EngineEvent, at: number): void {
    const use: Use = { at, kind: "push", by: byName(event) };
    const reference = parseReference(event.actorId);
    if (image !== null || reference === null || !isWholeRepository(reference)) {
      this.#creditTransfer(image, event.actorId, use);
      return;
    }
    for (const name of this.#names.tagsOf(repositoryOf(reference)))
      this.#uses.credit(this.#subjects.bound(name), use);
  }

  #creditTransfer(image: ImageId | null, name: string, use: Use): void {
    const subject = image === null ? this.#subjects.find(name) : exactly(image);
    if (subject !== null) this.#uses.creditTransfer(subject, use);
  }

  #containersAtEnd(): ReadonlyMap<ContainerId, ContainerRecord> {
    const containers = new Map<ContainerId, ContainerRecord>();
    for (const container of this.#listing.containers.values()) {
      const known = recordOf(container, this.#record, this.#listing, this.#mounts.settledOf(container.id));
      const typedName = known.typedName ?? this.#typedNames.get(container.id) ?? null;
      if (known.images.length + known.mounts.size > 0) containers.set(container.id, { ...known, typedName });
    }
    // Created while the listing was made.
    for (const [container, { images, binding }] of this.#containers) {
      const all = new Set([...images, ...(binding?.candidates ?? [])]);
      if (all.size > 0 && !containers.has(container)) containers.set(container, createdFrom([...all]));
    }
    return containers;
  }
}
