import type { ContainerRecord } from "../image/container-record.js";
import type { ContainerId, ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import type { NameBinding, NameHistory } from "./name-history.js";
import { canonicalNameOf } from "../image/reference.js";

/** What the references of image mounts stood for at the moment in which their containers were seen to be created. */
export class SettledMounts {
  readonly #names: NameHistory;
  readonly #bindings = new Map<ContainerId, ReadonlyMap<string, NameBinding>>();

  constructor(names: NameHistory) {
    this.#names = names;
  }

  /** The container was created now; events do not report its mounts, but it may be listed. */
  note(container: ContainerId, { containers }: Listing): void {
    const bindings = new Map<string, NameBinding>();
    for (const reference of containers.get(container)?.imageMounts ?? []) {
      const name = canonicalNameOf(reference);
      if (name !== null && this.#names.isKnown(name)) bindings.set(reference, this.#names.bind(name));
    }
    if (bindings.size > 0) this.#bindings.set(container, bindings);
  }

  /** By reference; to be asked once the names are settled. */
  settledOf(container: ContainerId): ContainerRecord["mounts"] {
    const settled = new Map<string, readonly ImageId[]>();
    for (const [reference, { candidates }] of this.#bindings.get(container) ?? [])
      if (candidates !== null && candidates.length > 0) settled.set(reference, candidates);
    return settled;
  }
}
