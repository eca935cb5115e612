import { toContainerId, type ContainerId, type ImageId } from "../../src/core/image/image.js";
import { Refusal } from "./refusal.js";

export interface StoredContainer {
  readonly id: ContainerId;
  readonly name: string;
  readonly imageId: ImageId;
  /** The platform manifest that it uses; only a containerd store knows it. */
  readonly manifest: string;
  /** As the user wrote it. */
  readonly imageName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly autoRemove: boolean;
  /** The command of the health check; empty without one. */
  readonly healthcheck: readonly string[];
  /** Sources of image mounts, as the user wrote them. */
  readonly imageMounts: readonly string[];
  /** Epoch seconds. */
  readonly created: number;
  state: "created" | "running" | "paused" | "exited";
  exitCode: number;
}

/** Paused ones count as running, as in moby. */
export function isRunning(container: StoredContainer): boolean {
  return container.state === "running" || container.state === "paused";
}

export class ContainerStore {
  readonly #containers = new Map<ContainerId, StoredContainer>();
  readonly #byName = new Map<string, StoredContainer>();
  readonly #byImage = new Map<ImageId, Set<StoredContainer>>();

  get size(): number {
    return this.#containers.size;
  }

  all(): Iterable<StoredContainer> {
    return this.#containers.values();
  }

  /** The containers of an image, in any state. */
  of(imageId: ImageId): readonly StoredContainer[] {
    return [...(this.#byImage.get(imageId) ?? [])];
  }

  /** The containers that use this platform manifest, whatever ID they were created from. */
  usersOf(manifest: string): readonly ContainerId[] {
    return [...this.#containers.values()].filter((each) => each.manifest === manifest).map(({ id }) => id);
  }

  add(container: StoredContainer): void {
    const other = this.#byName.get(container.name);
    if (other !== undefined) {
      const text = `The container name "/${container.name}" is already in use by container "${other.id}".`;
      throw new Refusal(
        409,
        `Conflict. ${text} You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    this.#containers.set(container.id, container);
    this.#byName.set(container.name, container);
    const siblings = this.#byImage.get(container.imageId) ?? new Set();
    this.#byImage.set(container.imageId, siblings.add(container));
  }

  delete(container: StoredContainer): void {
    this.#containers.delete(container.id);
    this.#byName.delete(container.name);
    this.#byImage.get(container.imageId)?.delete(container);
  }

  /** By full ID or name. */
  require(text: string): StoredContainer {
    const id = toContainerId(text);
    const found = (id === null ? undefined : this.#containers.get(id)) ?? this.#byName.get(text);
    if (found === undefined) throw new Refusal(404, `No such container: ${text}`);
    return found;
  }
}
