import type { ImageId } from "../../src/core/image/image.js";
import { familiarName } from "../practice-engine/names.js";
import type { ImageRecipe } from "../practice-engine/recipe.js";
import type { EngineState } from "../practice-engine/state.js";
import type { Random } from "./random.js";
import type { Truth } from "./truth.js";

type Deed = "load" | "pull" | "build" | "tag" | "run" | "create" | "start" | "end" | "remove" | "mount";

/** Deeds that an engine itself guards an image against, or that touch no image that is there. */
const safeDuringARun: readonly Deed[] = ["load", "run", "create", "start", "end", "remove"];
const between: readonly Deed[] = [...safeDuringARun, "pull", "build", "tag", "tag", "run", "run", "mount"];

/**
 * How often others act when a run asks something, from 0 to 1. Some three events each: until a run that removes much
 * reads events again, these are far less than an engine remembers.
 */
export const actsAtARequest = 0.3;

/** Few enough that names move from image to image. */
const repositories = ["app", "team/tool", "host.example:5000/x", "keep/base"];
const fewest = 6;
const most = 24;

type Recipe = ImageRecipe & { readonly content: string };

/** What users of an engine do, at random, with the truth kept beside it. */
export class Workload {
  readonly #engine: EngineState;
  readonly #truth: Truth;
  readonly #random: Random;
  readonly #recipes: Recipe[] = [];
  #contents = 0;

  constructor(engine: EngineState, truth: Truth, random: Random) {
    this.#engine = engine;
    this.#truth = truth;
    this.#random = random;
  }

  /** Epoch milliseconds of the engine's clock. */
  get now(): number {
    return Number(this.#engine.now() / 1_000_000n);
  }

  /** Between two runs: anything. */
  act(): void {
    if (this.#engine.images.size < fewest) this.#do("load");
    else this.#do(this.#random.pick(between));
  }

  /**
   * While a run goes on. `request`: what it asks just now. A load may move names, and no event says which. Where it moves
   * one in the very moment in which that name is being taken, no run can know: engines remove a name whatever it stands
   * for by then. So at a removal nothing is loaded; moved tags, which events do tell of, are for the real engine.
   */
  actMeanwhile(request: string): void {
    const deed = this.#random.pick(safeDuringARun);
    if (deed === "load") {
      if (!request.startsWith("DELETE ")) this.#load("new");
    } else this.#do(deed);
  }

  /** Events that are no uses, more than the engine remembers. */
  makeNoise(): void {
    const [container] = this.#engine.containers.all();
    if (container === undefined) return;
    for (let probe = 0; probe < 90; probe += 1) this.#engine.healthProbe(container.id);
  }

  /** Running containers end, and events are forgotten. */
  restart(): void {
    this.#engine.restart();
    // A container that removes itself is gone now.
    const left = new Set([...this.#engine.containers.all()].map(({ id }) => id));
    for (const id of this.#truth.heldBy()) if (!left.has(id)) this.#truth.released(id, this.now);
  }

  #do(deed: Deed): void {
    switch (deed) {
      case "load":
        this.#load("any");
        return;
      case "pull":
        this.#bring("any", (recipe) => this.#engine.pull({ ...recipe, name: this.#name() }));
        return;
      case "build":
        this.#build();
        return;
      case "tag":
        this.#withImage((image, at) => {
          this.#engine.tag(image, this.#name());
          this.#used(image, at);
        });
        return;
      case "run":
        this.#withImage((image, at) => {
          this.#engine.run(this.#callIt(image));
          this.#used(image, at);
        });
        return;
      case "create":
        this.#withImage((image, at) => {
          if (this.#engine.containers.size < most / 4)
            this.#truth.held(this.#engine.createContainer(this.#callIt(image)), image, at);
        });
        return;
      case "mount":
        this.#mount();
        return;
      case "start":
      case "end":
      case "remove":
        this.#withContainer(deed);
    }
  }

  #load(which: "any" | "new"): void {
    this.#bring(which, (recipe) => this.#engine.load({ ...recipe, name: this.#names() }));
  }

  #bring(which: "any" | "new", bring: (recipe: Recipe) => ImageId): void {
    if (this.#engine.images.size >= most) return;
    // Now and then one that was here before: if it went, it comes back with the same ID.
    const old = which === "any" && this.#recipes.length > 0 && this.#random.chance(0.2);
    const recipe = old
      ? this.#random.pick(this.#recipes)
      : { content: `content ${++this.#contents}`, megabytes: this.#random.between(1, 50) };
    if (!old) this.#recipes.push(recipe);
    const at = this.now;
    const image = bring(recipe);
    this.#truth.appeared(image, at);
    this.#used(image, at);
  }

  #build(): void {
    if (this.#engine.images.size >= most) return;
    this.#withImage((parent, at) => {
      const image = this.#engine.build({
        parent,
        name: this.#names(),
        content: `built ${++this.#contents}`,
        created: Math.ceil(at / 1000),
      });
      this.#truth.used(parent, at);
      this.#truth.appeared(image, at);
      this.#used(image, at);
    });
  }

  /** A container of one image that mounts another: the engine itself does not guard the mounted one. */
  #mount(): void {
    if (this.#engine.containers.size >= most / 4) return;
    this.#withImage((image, at) => {
      const mounted = this.#random.pick([...this.#engine.images.all()]).id;
      // By ID: once a mounted name has moved on, nothing tells any more what was mounted.
      const id = this.#engine.createContainer(image, { imageMounts: [mounted] });
      this.#truth.held(id, image, at);
      this.#truth.mounted(id, mounted);
    });
  }

  #withImage(act: (image: ImageId, at: number) => void): void {
    const images = [...this.#engine.images.all()];
    if (images.length > 0) act(this.#random.pick(images).id, this.now);
  }

  #withContainer(deed: "start" | "end" | "remove"): void {
    const containers = [...this.#engine.containers.all()];
    if (containers.length === 0) return;
    const { id, imageId, state } = this.#random.pick(containers);
    // Nothing happens, and nothing tells of it: that it is held is known to the truth anyway.
    if (deed !== "remove" && (deed === "start") === (state === "running")) return;
    const at = this.now;
    if (deed === "start") this.#engine.startContainer(id);
    if (deed === "end") this.#engine.endContainer(id);
    if (deed === "remove") {
      this.#engine.removeContainer(id, "by-force");
      this.#truth.released(id, at);
    }
    this.#truth.used(imageId, at);
  }

  #used(image: ImageId, at: number): void {
    this.#truth.used(image, at);
    for (const name of this.#engine.images.namesOf(image)) this.#truth.named(familiarName(name), image);
  }

  /** As a user may call it: by a name, by its ID, by the beginning of its ID. */
  #callIt(image: ImageId): string {
    const names = this.#engine.images.namesOf(image).map(familiarName);
    const ids = [image, image.slice("sha256:".length, "sha256:".length + 12)];
    return this.#random.pick([...names, ...names, ...ids]);
  }

  #names(): readonly string[] {
    const count = this.#random.pick([0, 1, 1, 2, 2, 3, 3, 4, 4, 4]);
    return [...new Set(Array.from({ length: count }, () => this.#name()))];
  }

  #name(): string {
    return `${this.#random.pick(repositories)}:${this.#random.between(1, 12)}`;
  }
}
