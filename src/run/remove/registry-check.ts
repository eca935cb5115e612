import type { Image, ImageId } from "../../core/image/image.js";
import { repositoryOfName } from "../../core/image/reference.js";
import { pullableNames, registryDigests } from "../../core/image/registry-names.js";
import type { PlannedImage } from "../../core/plan/planned-image.js";
import type { Policy } from "../../core/policy/policy.js";
import type { Obstacle } from "../../core/policy/removal.js";
import type { FailedRemovals } from "../../core/uses/failed-removals.js";
import type { Engine } from "../../engine/port.js";

/** Why an image stays, a sentence. */
interface Doubt {
  readonly detail: string;
  readonly obstacle: Extract<Obstacle, "registry" | "moment">;
}

/** Images that are asked about in one run: registries count such questions, and some count them as pulls. */
const mostImages = 20;
/** After so long no further question is asked, so that a run ends where all registries are slow. */
const mostMs = 120_000;

/** Whether images could be pulled again, asked just before each of them goes, where that is wanted. */
export class RegistryCheck {
  readonly #engine: Pick<Engine, "askRegistry">;
  readonly #isWanted: boolean;
  /** Of what is planned, what has been asked about in earlier runs, and what has not and is not done. */
  readonly #askedBefore: ReadonlySet<ImageId>;
  readonly #new: Set<ImageId>;
  readonly #silent = new Set<string>();
  #asked = 0;
  #spentMs = 0;

  constructor(
    engine: Pick<Engine, "askRegistry">,
    { keepUnpullable }: Pick<Policy, "keepUnpullable">,
    planned: readonly PlannedImage[],
    failed: FailedRemovals,
  ) {
    this.#engine = engine;
    this.#isWanted = keepUnpullable === "all";
    const ids = planned.map(({ facts }) => facts.image.id);
    this.#askedBefore = new Set(ids.filter((id) => failed.get(id)?.cause === "registry"));
    this.#new = new Set(ids.filter((id) => !this.#askedBefore.has(id)));
  }

  /** Null where nothing of the kind stands against the removal. Throws a Failure of code `engine`. */
  async objectionTo(image: Image): Promise<Doubt | null> {
    if (!this.#isWanted) return null;
    this.#new.delete(image.id);
    const digests = registryDigests(image);
    const names = pullableNames(image);
    if (digests.size === 0 || names.length === 0)
      return { detail: "It was never pulled or pushed under a name that it has.", obstacle: "registry" };
    // Those that come anew every day must not keep all others from ever being asked about.
    const room = mostImages - this.#asked - (this.#askedBefore.has(image.id) ? this.#new.size : 0);
    if (room <= 0) return later(`one run asks registries about ${mostImages} images at most`);
    this.#asked += 1;
    const began = performance.now();
    try {
      return await this.#ask(names, digests, began);
    } finally {
      this.#spentMs += performance.now() - began;
    }
  }

  /** The first name counts for what is said; by any of them it may be pulled again. */
  async #ask(names: readonly string[], digests: ReadonlySet<string>, began: number): Promise<Doubt | null> {
    const problems: string[] = [];
    for (const name of names) {
      const registry = registryOf(name);
      if (this.#silent.has(registry)) return later("its registry did not answer before");
      if (this.#spentMs + performance.now() - began >= mostMs)
        return later(`one run asks registries for ${mostMs / 60_000} minutes at most`);
      const answer = await this.#engine.askRegistry(name);
      if (answer.kind === "found" && digests.has(answer.digest)) return null;
      if (answer.kind === "silent") this.#silent.add(registry);
      problems.push(
        answer.kind === "found"
          ? `${name} is another image in its registry.`
          : `Its registry does not show ${name}: ${answer.message}.`,
      );
    }
    return { detail: problems[0] ?? "", obstacle: "registry" };
  }
}

function registryOf(name: string): string {
  return repositoryOfName(name)?.split("/")[0] ?? "";
}

function later(reason: string): Doubt {
  return {
    detail: `Whether it could be pulled again is asked in another run: ${reason}.`,
    obstacle: "moment",
  };
}
