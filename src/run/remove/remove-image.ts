import type { Image } from "../../core/image/image.js";
import { Failure } from "../../core/text/failure.js";
import type { Obstacle, Outcome } from "../../core/policy/removal.js";
import type { Engine, RemovalAnswer } from "../../engine/port.js";
import type { EngineSession } from "../observe/list.js";
import type { Presences } from "../observe/presence.js";
import type { CurrentHolders } from "./current-holders.js";
import type { DeferredSave } from "./deferred-save.js";
import { namesInTheWay, withExplicitTag } from "./names-to-remove.js";
import type { TakenNames, UntagCount } from "./name-restorer.js";
import type { ImageState, RecheckContext } from "./recheck.js";
import { gone, removed, type RemovalResult } from "./removal.js";

export interface ImageRemovalContext extends RecheckContext {
  readonly session: EngineSession;
  readonly deferredSave: Pick<DeferredSave, "noteLeavingNames">;
  readonly taken: TakenNames;
}

/**
 * Removes one image: all of its names, or none. Never forces. To be called right behind a look at it, which found it in
 * this state. Throws a Failure of code `engine` when the engine no longer answers, or did something that was not asked
 * for; nothing more may be removed then.
 */
export function removeImage(
  planned: Image,
  state: ImageState,
  context: ImageRemovalContext,
): Promise<RemovalResult> {
  return new NamesRemoval(planned, state, context).run();
}

/**
 * The engine deletes an image by ID only when it has one tag at most and all its digests are in that tag's repository
 * (moby daemon/images/image_delete.go, isSingleReference). So all tags but one go first, by name; then the image, by ID.
 * Only if it is still refused with nobody using it, more of its names go: see namesInTheWay.
 */
class NamesRemoval {
  readonly #session: EngineSession;
  readonly #engine: Engine;
  readonly #image: Image;
  /** Those that a call can name: see hasSameNames. Listed names have their tag; without one the engine would take `latest`. */
  readonly #tags: readonly string[];
  readonly #holders: CurrentHolders;
  readonly #deferredSave: ImageRemovalContext["deferredSave"];
  #isNoted = false;
  readonly #gone: string[] = [];
  readonly #untags: UntagCount = { own: 0, others: 0 };
  readonly #taken: TakenNames;
  readonly #presences: Presences;
  readonly #state: ImageState;
  readonly #beganAt: number;

  constructor(
    image: Image,
    state: ImageState,
    { session, holders, deferredSave, taken, presences }: ImageRemovalContext,
  ) {
    this.#presences = presences;
    this.#state = state;
    this.#session = session;
    this.#engine = session.engine;
    this.#image = image;
    this.#tags = image.tags.flatMap(withExplicitTag);
    this.#holders = holders;
    this.#deferredSave = deferredSave;
    this.#taken = taken;
    this.#beganAt = session.description.now();
  }

  async run(): Promise<RemovalResult> {
    try {
      const result = await this.#removeAll();
      if (result.outcome === "removed" || result.outcome === "gone") this.#noteEnd([]);
      // A name that goes with its image hardly ever moves: that can wait for the next time that events are read.
      if (this.#isNoted) await this.#taken.returnMoved();
      return result;
    } catch (error) {
      // Nothing more is removed in this run, but the image is not left with half of its names if that can be helped.
      if (error instanceof Failure) await this.#putBack().catch(() => undefined);
      throw error;
    }
  }

  async #removeAll(): Promise<RemovalResult> {
    const ended = await this.#removeNames(this.#tags.slice(1));
    if (ended !== null) return ended;
    let answer = await this.#removeById();
    if (answer.kind === "missing" && this.#state === "damaged") return this.#removeLastName();
    for (const name of await this.#namesInTheWay(answer)) {
      const endedEarly = await this.#removeNames([name]);
      if (endedEarly !== null) return endedEarly;
      answer = await this.#removeById();
      if (!this.#mayBeForNames(answer)) break;
    }
    return this.#judge(answer);
  }

  /** The containerd store does not find what it lists by its ID, and takes it away by its name. */
  async #removeLastName(): Promise<RemovalResult> {
    const names = [...this.#tags.slice(0, 1), ...this.#image.digests];
    return (await this.#removeNames(names)) ?? this.#judge({ kind: "removed", untagged: [], deleted: [] });
  }

  /** Docker says 409 to an ID with names too many; Podman says 500, and 409 only of what is in use. */
  #mayBeForNames({ kind }: RemovalAnswer): boolean {
    return kind === (this.#session.description.family === "podman" ? "unknown" : "conflict");
  }

  /** The last tag goes along, and the engine may fail behind it. */
  #removeById(): Promise<RemovalAnswer> {
    for (const name of this.#tags.slice(0, 1)) {
      if (this.#gone.includes(name)) continue;
      this.#gone.push(name);
      this.#taken.add({ name, image: this.#image.id, how: "with-image", since: this.#beganAt });
    }
    return this.#engine.remove(this.#image.id);
  }

  async #namesInTheWay(answer: RemovalAnswer): Promise<readonly string[]> {
    if (!this.#mayBeForNames(answer)) return [];
    if ((await this.#holders.askAnew(this.#image.id)) !== null) return [];
    const presence = await this.#presences.of(this.#image.id);
    if (presence.kind === "gone") return [];
    return namesInTheWay(this.#session.description, this.#image, this.#tags, presence.names);
  }

  /** Null when the names are gone and the image is not. */
  async #removeNames(names: readonly string[]): Promise<RemovalResult | null> {
    const unnoted = names.length === 0 ? null : this.#noteBeginning();
    if (unnoted !== null) return this.#withdraw("skipped", unnoted, "moment");
    for (const name of names) {
      const result = await this.#removeName(name);
      if (result !== null) return result;
    }
    return null;
  }

  /**
   * A run that is killed from here on leaves the image with some of its names: the next one finds here which to give
   * back. Without that no name may go; an image with one name goes in one step and needs no note. Null when it is noted.
   */
  #noteBeginning(): string | null {
    if (this.#isNoted) return null;
    try {
      this.#deferredSave.noteLeavingNames(this.#image.id, [...this.#tags, ...this.#image.digests]);
      this.#isNoted = true;
      return null;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return `It has several names, and the ledger cannot note that they are about to go: ${error.message}`;
    }
  }

  /** `lost`: tags that the next run has to give back. */
  #noteEnd(lost: readonly string[]): void {
    if (!this.#isNoted) return;
    try {
      this.#deferredSave.noteLeavingNames(this.#image.id, lost);
    } catch (error) {
      // A note too many does no harm: the next run sees that nothing is missing.
      if (!(error instanceof Failure)) throw error;
    }
  }

  async #removeName(name: string): Promise<RemovalResult | null> {
    const holder = await this.#engine.inspectNames(name);
    const isDamaged = this.#state === "damaged" && holder.kind !== "found";
    // A digest goes by itself with the last tag of its repository.
    if (isDamaged ? !(await this.#presences.isNamed(this.#image.id, name)) : holder.kind === "missing")
      return null;
    if (!isDamaged && holder.kind === "unreadable")
      return this.#withdraw("failed", `The engine cannot show ${name}: ${holder.message}.`, "image");
    if (holder.kind === "found" && holder.value.id !== this.#image.id) {
      return this.#withdraw("skipped", `${name} has moved to another image since the plan.`, "moment");
    }
    const answer = await this.#engine.remove(name);
    if (answer.kind === "missing") return null;
    // Where the answer is lost, the name may be gone all the same.
    if (answer.kind !== "conflict") {
      const taken = { name, image: this.#image.id, how: "alone", since: this.#beganAt } as const;
      this.#taken.add(taken);
      const isOthers = await this.#taken.returnIfOthers(taken, this.#untags);
      if (!isOthers) this.#gone.push(name);
    }
    if (answer.kind !== "removed") return this.#judge(answer);
    if (answer.deleted.length === 0) return null;
    if ((await this.#presences.of(this.#image.id)).kind === "gone") return removed;
    throw new Failure(
      "engine",
      `Removing the name ${name} made the engine delete ${answer.deleted.join(", ")}, which was not asked for: ` +
        "the name moved at that very moment. Nothing more is removed in this run.",
    );
  }

  async #judge(answer: RemovalAnswer): Promise<RemovalResult> {
    switch (answer.kind) {
      case "removed":
        return (await this.#isListed(answer.deleted))
          ? this.#withdraw("failed", "The engine said that it removed the image, but still has it.", "image")
          : removed;
      case "missing":
        return this.#judgeMissing(answer.message);
      case "conflict":
      case "unknown":
        return this.#recheck(answer);
    }
  }

  /** Some of its names are gone by now, so it is not left on the strength of one answer, which may be a proxy's. */
  async #judgeMissing(message: string): Promise<RemovalResult> {
    if ((await this.#presences.of(this.#image.id)).kind === "gone") return gone;
    const detail = `${saying(message)} It has the image all the same.`;
    return this.#withdraw("failed", detail, "image");
  }

  /** Podman lists only names in its answer, so what is not named as deleted is looked up. */
  async #isListed(deleted: readonly string[]): Promise<boolean> {
    if (deleted.includes(this.#image.id)) return false;
    return (await this.#presences.of(this.#image.id)).kind !== "gone";
  }

  /**
   * After a refusal, or with the outcome open (5xx, timeout, cut connection), only the engine's state tells. Message
   * texts differ between engines and are only passed on.
   */
  async #recheck(answer: Extract<RemovalAnswer, { readonly message: string }>): Promise<RemovalResult> {
    if ((await this.#presences.of(this.#image.id)).kind === "gone") return removed;
    const holder = await this.#holders.askAnew(this.#image.id);
    if (holder !== null) return this.#withdraw("refused", `It is in use now by ${holder}.`, "holder");
    const outcome = answer.kind === "conflict" ? "refused" : "failed";
    return this.#withdraw(outcome, saying(answer.message), "image");
  }

  /** Ends with all the names that the image had, as far as they can be given back. */
  async #withdraw(outcome: Outcome, detail: string, obstacle: Obstacle): Promise<RemovalResult> {
    const lost = await this.#putBack();
    if (lost.length === 0) return { outcome, detail, obstacle };
    const sentence = `These names could not be put back: ${lost.join(", ")}.`;
    return { outcome: "failed", detail: `${detail} ${sentence}`, obstacle };
  }

  /** Gives the names back that went; answers with those that stay lost. */
  async #putBack(): Promise<string[]> {
    // A name that moved is not its own any more.
    await this.#taken.returnMoved();
    const lost: string[] = [];
    for (const name of this.#gone) {
      if (!name.includes("@") && !(await this.#taken.giveBack(this.#image.id, name))) lost.push(name);
    }
    this.#noteEnd(lost);
    if (this.#gone.length === 0) return [];
    // A digest also goes by itself with the last tag of its repository, and only another pull brings it back.
    const digests = [...this.#image.digests, ...this.#gone.filter((name) => name.includes("@"))];
    const presence = await this.#presences.of(this.#image.id);
    const missing =
      presence.kind === "gone" ? [] : digests.filter((digest) => !presence.names.digests.includes(digest));
    return [...lost, ...new Set(missing)];
  }
}

/** A whole sentence is our own, of an answer that did not come. */
function saying(message: string): string {
  return message.endsWith(".") ? message : `The engine says: ${message}.`;
}
