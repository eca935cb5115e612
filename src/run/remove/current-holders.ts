import type { Anchor } from "../../core/image/anchor.js";
import type { EngineEvent } from "../../core/uses/event.js";
import { isSameEvent } from "../../core/uses/event-window.js";
import { holdersOf, type KnownHolders } from "../../core/uses/holders.js";
import { toContainerId, type ContainerId, type ImageId } from "../../core/image/image.js";
import { createListing, type Listing } from "../../core/image/listing.js";
import { readUsers, type EngineSession, type Users } from "../observe/list.js";

/** What was known when the plan was made. */
export interface PlannedFrom {
  readonly record: KnownHolders;
  readonly listing: Listing;
}

/** Of more new containers than this, all are asked for: what is asked goes into a path. */
const mostByName = 32;

/**
 * Who holds images now, while they are removed. Docker's events tell which containers are new since the plan's listing: a list of
 * thousands takes as long as many removals, and the containerd store works out the image of each. Where the events do not go back
 * that far, all are listed before the first removal. What is gone may go on holding an image: it was used after the plan. Podman's
 * log is not read before each removal, so there everything is listed each time.
 */
export class CurrentHolders {
  readonly #session: EngineSession;
  readonly #plannedFrom: PlannedFrom;
  /** Null as long as all are to be asked for. */
  #users: Users | null = null;
  #holders: ReadonlyMap<ImageId, readonly string[]> | null = null;
  /** Those that are listed, or were asked for. */
  readonly #known = new Set<ContainerId>();
  readonly #created = new Set<ContainerId>();
  /** Those that services have been asked for, or are to be. */
  readonly #serviceEvents = new Set<string>();
  #haveServicesChanged = false;
  /** The last event before the plan's listing, as long as it has not come by. */
  #awaited: Anchor | null;
  /** Whether the plan's listing is all that is known: no events have been read since. */
  #isUnread: boolean;

  constructor(session: EngineSession, plannedFrom: PlannedFrom) {
    this.#session = session;
    this.#plannedFrom = plannedFrom;
    const { containers, services, upTo } = plannedFrom.listing;
    this.#awaited = upTo;
    this.#isUnread = upTo !== null;
    if (upTo !== null) this.#take({ containers: [...containers.values()], services });
  }

  /** To be given each event since the plan, as often as it is read. */
  see(event: EngineEvent): void {
    const { type, action, actorId, timeNano } = event;
    if (this.#awaited !== null && isSameEvent(this.#awaited, event)) {
      this.#awaited = null;
      this.#created.clear();
    }
    if (type === "service") {
      const event = `${timeNano} ${action} ${actorId}`;
      if (!this.#serviceEvents.has(event)) this.#haveServicesChanged = true;
      this.#serviceEvents.add(event);
    }
    const container = type === "container" && action === "create" ? toContainerId(actorId) : null;
    if (container !== null && !this.#known.has(container)) this.#created.add(container);
  }

  /** Whether there may be some that were not asked for yet. */
  get isBehind(): boolean {
    return this.#mustListAll || this.#created.size > 0 || this.#mustAskForServices;
  }

  /** To be called before an image is looked at. */
  begin(): void {
    if (this.#session.description.eventBufferLimit === null) this.forget();
  }

  /** All are asked for again: events have been read that it was not given. */
  forget(): void {
    this.#users = null;
  }

  /**
   * Asks for what is new; for nothing where nothing is, as at first, until the events since the plan's listing are read. Throws a
   * Failure of code `engine`.
   */
  async catchUp(): Promise<void> {
    const { isBehind } = this;
    this.#isUnread = false;
    if (!isBehind) return;
    const [created, askForServices] = [[...this.#created], this.#mustAskForServices];
    const { engine } = this.#session;
    if (this.#users === null || this.#mustListAll || created.length > mostByName) {
      this.#take(await readUsers(this.#session));
      this.#awaited = null;
    } else {
      const news = created.length === 0 ? [] : await engine.listContainers(created);
      const services = askForServices ? await engine.listServices() : this.#users.services;
      this.#take({ containers: [...this.#users.containers, ...news], services });
    }
    // One that is not listed is gone.
    for (const id of created) this.#known.add(id);
    this.#created.clear();
    this.#haveServicesChanged = false;
  }

  #take(users: Users): void {
    this.#users = users;
    for (const { id } of users.containers) this.#known.add(id);
    this.#holders = null;
  }

  /** Null where nobody holds it, as far as has been asked. */
  of(image: ImageId): string | null {
    if (this.#users === null) throw new Error("nobody was asked for");
    this.#holders ??= this.#work(this.#users);
    return this.#holders.get(image)?.[0] ?? null;
  }

  /** Asks for all. Null where nobody holds it now. */
  async askAnew(image: ImageId): Promise<string | null> {
    this.forget();
    await this.catchUp();
    return this.of(image);
  }

  #work({ containers, services }: Users): ReadonlyMap<ImageId, readonly string[]> {
    const { record, listing } = this.#plannedFrom;
    const { images, names } = listing;
    return holdersOf({ ...createListing([], containers, services, listing.listedAt), images, names }, record);
  }

  get #mustListAll(): boolean {
    return this.#users === null || (this.#awaited !== null && !this.#isUnread);
  }

  get #mustAskForServices(): boolean {
    return this.#haveServicesChanged && this.#session.description.isSwarmManager;
  }
}
