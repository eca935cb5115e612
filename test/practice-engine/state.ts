import type { ContainerId, ImageId } from "../../src/core/image/image.js";
import { realClock, secondsOf, type Clock } from "./clock.js";
import * as life from "./container-life.js";
import { ContainerStore, isRunning, type StoredContainer } from "./container-store.js";
import { EventRing } from "./event-ring.js";
import { removeImage, type RemovalOptions, type RemovalRecord } from "./image-removal.js";
import { ImageStore, type NewImage, type StoredImage } from "./image-store.js";
import { digestOf } from "./layers.js";
import { familiarName, pinnedName, storedName } from "./names.js";
import { imageOf, namesIn, type ImageRecipe } from "./recipe.js";

export interface ContainerOptions {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly autoRemove?: boolean;
  readonly healthcheck?: readonly string[];
  readonly imageMounts?: readonly string[];
  /** In a containerd store, one of the image's manifests; by default that of the host. */
  readonly manifest?: string;
}

/** An engine in memory, with a classic image store. It behaves as Docker 20.10 does; the contract test holds it to that. */
export class EngineState {
  readonly now: Clock;
  readonly images = new ImageStore();
  readonly containers = new ContainerStore();
  readonly events = new EventRing();
  /** How often its images have been listed. */
  listings = 0;
  #serial = 0;

  constructor(now: Clock = realClock()) {
    this.now = now;
  }

  /** `docker load`: its event names the ID alone, whatever names the image brings. */
  load(recipe: ImageRecipe): ImageId {
    return this.loadImage(this.#imageOf(recipe, null), namesIn(recipe));
  }

  loadImage(image: NewImage, names: readonly string[]): ImageId {
    if (this.images.get(image.id) !== undefined && this.images.isNameless(image.id))
      this.images.keepNameless(image.id);
    this.images.add(image);
    for (const name of names) this.images.setName(storedName(name), image.id);
    this.publishImage("load", image);
    return image.id;
  }

  /** `docker pull`: its event names the reference, never the ID. The image gets a digest of the same repository. */
  pull(recipe: ImageRecipe & { readonly name: string }): ImageId {
    const image = this.#imageOf(recipe, null);
    this.images.add(image);
    const name = familiarName(storedName(recipe.name));
    const repository = name.slice(0, name.lastIndexOf(":"));
    this.images.setName(storedName(name), image.id);
    this.images.setName(storedName(`${repository}@${digestOf(`manifest of ${image.id}`)}`), image.id);
    this.publish("image", "pull", name, { ...image.labels, name: repository });
    return image.id;
  }

  /** `docker import`. */
  import(recipe: ImageRecipe & { readonly name: string }): ImageId {
    const image = this.#imageOf(recipe, null);
    this.images.add(image);
    this.tag(image.id, recipe.name);
    this.publishImage("import", image);
    return image.id;
  }

  /** `docker build` by BuildKit; without a name nothing but its ID is told. */
  buildkit(recipe: ImageRecipe): ImageId {
    const image = this.#imageOf(recipe, null);
    this.images.add(image);
    for (const name of namesIn(recipe)) this.tag(image.id, name);
    this.publishImage("create", image);
    return image.id;
  }

  /** `docker push`: the image gets a digest of the same repository. */
  push(name: string): void {
    const image = this.images.require(name);
    const pushed = familiarName(storedName(name));
    const repository = pushed.slice(0, pushed.lastIndexOf(":"));
    this.images.setName(storedName(`${repository}@${digestOf(`manifest of ${image.id}`)}`), image.id);
    this.publish("image", "push", pushed, { ...image.labels, name: repository });
  }

  /**
   * A pull by tag and digest as Swarm makes it, recorded as the containerd store does: with both, so that the tag alone stands
   * for nothing.
   */
  pullPinned(recipe: ImageRecipe & { readonly name: string }): ImageId {
    const image = this.#imageOf(recipe, null);
    this.images.add(image);
    const name = `${familiarName(storedName(recipe.name))}@${digestOf(`manifest of ${image.id}`)}`;
    this.images.setName(pinnedName(name) ?? name, image.id);
    this.publish("image", "pull", name, {
      ...image.labels,
      name: name.slice(0, name.lastIndexOf(":", name.indexOf("@"))),
    });
    return image.id;
  }

  /** A classic build of one step on an image that is here: the parent then has a child. */
  build(recipe: ImageRecipe & { readonly parent: ImageId }): ImageId {
    const parent = this.images.require(recipe.parent);
    const step = this.createContainer(parent.id);
    this.removeContainer(step);
    const image = this.#imageOf({ bytes: 0, ...recipe, layers: parent.layers }, parent.id);
    this.images.add(image);
    this.publishImage("create", image);
    for (const name of namesIn(recipe)) this.tag(image.id, name);
    return image.id;
  }

  /**
   * `docker buildx build` in a containerd store: an index above the platform's manifest, with a provenance that is another one
   * each time. Recipes with the same content have the same manifest, as a build has that comes from the cache. An image that
   * loses its last name to it vanishes, without an event, whoever uses it.
   */
  buildx(recipe: ImageRecipe & { readonly name: string; readonly platforms?: readonly string[] }): ImageId {
    const built = this.#imageOf(recipe, null);
    const platforms = recipe.platforms ?? [];
    const id = digestOf(`index ${this.serial()} of ${built.id}`) as ImageId;
    const before = this.images.find(recipe.name);
    this.images.add({ ...built, id, manifests: [built.id, ...platforms] });
    this.publishImage("create", { id, labels: built.labels });
    this.tag(id, recipe.name);
    if (before !== undefined && this.images.namesOf(before.id).length === 0) this.images.delete(before);
    return id;
  }

  tag(reference: string, name: string): void {
    const image = this.images.require(reference);
    this.images.setName(storedName(name), image.id);
    this.images.noteTagged(image.id, this.now());
    this.publish("image", "tag", image.id, { ...image.labels, name: familiarName(storedName(name)) });
  }

  /** `docker rmi NAME`: removes the image too if that was its last name. */
  untag(name: string): void {
    this.removeImage(name);
  }

  removeImage(reference: string, options: Partial<RemovalOptions> = {}): RemovalRecord[] {
    return removeImage(this, reference, { force: false, noprune: false, ...options });
  }

  createContainer(imageName: string, options: ContainerOptions = {}): ContainerId {
    const image = this.images.require(imageName);
    const id = digestOf(`container ${this.serial()}`).slice("sha256:".length) as ContainerId;
    const container: StoredContainer = {
      id,
      name: options.name ?? `container-${id.slice(0, 12)}`,
      imageId: image.id,
      manifest: options.manifest ?? image.manifests?.[0] ?? image.id,
      imageName,
      labels: { ...image.labels, ...options.labels },
      command: options.command ?? image.command,
      autoRemove: options.autoRemove ?? false,
      healthcheck: options.healthcheck ?? [],
      imageMounts: options.imageMounts ?? [],
      created: secondsOf(this.now()),
      state: "created",
      exitCode: 0,
    };
    this.containers.add(container);
    life.publishContainer(this, "create", container);
    return id;
  }

  startContainer(container: string): void {
    life.start(this, this.containers.require(container));
  }

  /** Its process ends by itself; with `autoRemove` the container goes, too. */
  endContainer(container: string, exitCode = 0): void {
    life.end(this, this.containers.require(container), exitCode);
  }

  stopContainer(container: string): void {
    life.stop(this, this.containers.require(container));
  }

  killContainer(container: string): void {
    life.kill(this, this.containers.require(container));
  }

  pauseContainer(container: string): void {
    life.pause(this, this.containers.require(container));
  }

  unpauseContainer(container: string): void {
    life.unpause(this, this.containers.require(container));
  }

  removeContainer(container: string, how: "gently" | "by-force" = "gently"): void {
    life.remove(this, this.containers.require(container), how);
  }

  /** The whole life of a `docker run --rm`. */
  run(image: string, options: ContainerOptions = {}): void {
    const id = this.createContainer(image, { ...options, autoRemove: true });
    this.startContainer(id);
    this.endContainer(id);
  }

  healthProbe(container: string): void {
    life.probe(this, this.containers.require(container));
  }

  /** `docker commit`: a new image with the container's image as its parent. */
  commit(reference: string, name: string | null): ImageId {
    const container = this.containers.require(reference);
    const parent = this.images.require(container.imageId);
    const image = this.#imageOf({ layers: parent.layers, labels: parent.labels }, parent.id);
    this.images.add(image);
    this.publishImage("create", image);
    if (name !== null) this.tag(image.id, name);
    const attributes = { comment: "", imageID: image.id, imageRef: name ?? "" };
    life.publishContainer(this, "commit", container, attributes);
    return image.id;
  }

  /** The engine restarts: containers end, events are forgotten, images stay. */
  restart(): void {
    for (const container of this.containers.all()) {
      if (isRunning(container)) life.end(this, container, 137);
    }
    this.events.lose();
  }

  publish(type: string, action: string, actorId: string, attributes: Readonly<Record<string, string>>): void {
    this.events.publish({ timeNano: this.now(), type, action, actorId, attributes });
  }

  /** Image events carry the ID as their name, but for `tag` and `pull`. */
  publishImage(action: string, { id, labels }: Pick<StoredImage, "id" | "labels">): void {
    this.publish("image", action, id, { ...labels, name: id });
  }

  serial(): number {
    return ++this.#serial;
  }

  #imageOf(recipe: ImageRecipe, parentId: ImageId | null): NewImage {
    return imageOf(recipe, recipe.content ?? `image ${this.serial()}`, parentId);
  }
}
