import type { Image, ImageId } from "../core/image.js";
import { canonicalNameOf, parseReference, repositoryOf } from "../core/reference.js";
import { Failure } from "../core/failure.js";
import { holdersOf } from "../core/holders.js";
import { createListing } from "../core/listing.js";
import type { Outcome } from "../core/verdict.js";
import type { Engine, ImageNames, RemovalAnswer } from "../engine/port.js";

export interface RemovalResult {
  readonly outcome: Outcome;
  /** One sentence; null when there is nothing to add. */
  readonly detail: string | null;
  /** True when the image turned out to be in use. */
  readonly inUse: boolean;
}

/**
 * Removes one image: all of its names, or none. Never forces. Looks again first: the image must not be in use, and
 * its names must be those of the plan. Throws a Failure of code `engine` when the engine no longer answers, or did
 * something that was not asked for; nothing more may be removed then.
 */
export async function removeImage(
  engine: Engine,
  planned: Image,
  namesAtCheckpoint: ReadonlyMap<string, ImageId>,
): Promise<RemovalResult> {
  const holder = await holderOf(engine, planned, namesAtCheckpoint);
  if (holder !== null) return { outcome: "skipped", detail: `It is in use now by ${holder}.`, inUse: true };
  const current = await engine.inspectNames(planned.id);
  if (current === null) return { outcome: "gone", detail: null, inUse: false };
  if (!hasSameNames(current, planned)) {
    return { outcome: "skipped", detail: "Its names have changed since the plan.", inUse: false };
  }
  return new NamesRemoval(engine, planned, namesAtCheckpoint).run();
}

async function holderOf(
  engine: Engine,
  planned: Image,
  namesAtCheckpoint: ReadonlyMap<string, ImageId>,
): Promise<string | null> {
  const containers = await engine.listContainers();
  const listing = createListing([planned], containers, 0);
  return holdersOf(listing, namesAtCheckpoint).get(planned.id)?.[0] ?? null;
}

function hasSameNames(
  first: Pick<ImageNames, "tags" | "digests">,
  second: Pick<ImageNames, "tags" | "digests">,
): boolean {
  const [firstNames, secondNames] = [first, second].map(
    (image) => new Set([...image.tags, ...image.digests]),
  );
  return firstNames !== undefined && secondNames !== undefined && sameMembers(firstNames, secondNames);
}

function sameMembers(first: ReadonlySet<string>, second: ReadonlySet<string>): boolean {
  return first.size === second.size && [...first].every((member) => second.has(member));
}

/** The names that go first, one by one, and what of them is gone already. */
class NamesRemoval {
  readonly #engine: Engine;
  readonly #image: Image;
  readonly #namesAtCheckpoint: ReadonlyMap<string, ImageId>;
  readonly #gone: string[] = [];

  constructor(engine: Engine, image: Image, namesAtCheckpoint: ReadonlyMap<string, ImageId>) {
    this.#engine = engine;
    this.#image = image;
    this.#namesAtCheckpoint = namesAtCheckpoint;
  }

  async run(): Promise<RemovalResult> {
    for (const name of namesToRemoveFirst(this.#image)) {
      const result = await this.#removeName(name);
      if (result !== null) return result;
    }
    const answer = await this.#engine.remove(this.#image.id);
    return this.#judge(answer);
  }

  /** Null when the name is gone and the image is not. */
  async #removeName(name: string): Promise<RemovalResult | null> {
    const holder = await this.#engine.inspectNames(name);
    // A digest goes by itself with the last tag of its repository.
    if (holder === null) return null;
    if (holder.id !== this.#image.id) {
      return this.#withdraw("skipped", `${name} has moved to another image since the plan.`, false);
    }
    const answer = await this.#engine.remove(name);
    if (answer.kind !== "removed") return answer.kind === "missing" ? null : this.#judge(answer);
    this.#gone.push(name);
    if (answer.deleted.length === 0) return null;
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
          ? this.#withdraw("failed", "The engine said that it removed the image, but still has it.", false)
          : { outcome: "removed", detail: null, inUse: false };
      case "missing":
        return { outcome: "gone", detail: null, inUse: false };
      case "conflict":
      case "unknown":
        return this.#lookAgain(answer);
    }
  }

  /** Podman lists only names in its answer, so what is not named as deleted is looked up. */
  async #isListed(deleted: readonly string[]): Promise<boolean> {
    if (deleted.includes(this.#image.id)) return false;
    return (await this.#engine.inspectNames(this.#image.id)) !== null;
  }

  /**
   * After a refusal, or with the outcome open (5xx, timeout, cut connection), only the engine's state tells. Message
   * texts differ between engines and are only passed on.
   */
  async #lookAgain(answer: Extract<RemovalAnswer, { readonly message: string }>): Promise<RemovalResult> {
    const current = await this.#engine.inspectNames(this.#image.id);
    if (current === null) return { outcome: "removed", detail: null, inUse: false };
    const holder = await holderOf(this.#engine, this.#image, this.#namesAtCheckpoint);
    if (holder !== null) return this.#withdraw("refused", `It is in use now by ${holder}.`, true);
    const outcome = answer.kind === "conflict" ? "refused" : "failed";
    return this.#withdraw(outcome, `The engine says: ${answer.message}.`, false);
  }

  /** Puts the names back that went, so that the image has all of them again. */
  async #withdraw(outcome: Outcome, detail: string, inUse: boolean): Promise<RemovalResult> {
    const lost: string[] = [];
    for (const name of this.#gone) {
      if (name.includes("@")) {
        lost.push(name);
        continue;
      }
      const holder = await this.#engine.inspectNames(name);
      // Somebody else has given the name away meanwhile: it is theirs.
      if (holder === null) await this.#engine.tag(this.#image.id, name);
    }
    if (lost.length === 0) return { outcome, detail, inUse };
    // No call of the API gives a digest back; only another pull does.
    return {
      outcome: "failed",
      detail: `${detail} These digests could not be put back: ${lost.join(", ")}.`,
      inUse,
    };
  }
}

/**
 * The engine deletes an image by ID only when it has one tag at most and all its digests are in that tag's repository
 * (moby daemon/images/image_delete.go, isSingleReference). Whatever is beyond that goes first: tags before digests,
 * because tags can be put back.
 */
function namesToRemoveFirst(image: Image): string[] {
  const [lastName] = [...image.tags, ...image.digests];
  if (lastName === undefined) return [];
  const stayingRepository = repositoryOfName(lastName);
  const tags = image.tags.slice(1).map(withExplicitTag);
  const digests = image.digests.filter((digest) => repositoryOfName(digest) !== stayingRepository);
  return [...tags, ...digests];
}

function repositoryOfName(name: string): string | null {
  const reference = parseReference(name);
  return reference === null ? null : repositoryOf(reference);
}

/** Listed names have their tag; without one the engine would take `latest`. */
function withExplicitTag(name: string): string {
  const reference = parseReference(name);
  return reference?.tag === null ? (canonicalNameOf(name) ?? name) : name;
}
