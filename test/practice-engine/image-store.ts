import { toImageId, type ImageId } from "../../src/core/image/image.js";
import { canonicalNameOf, parseReference } from "../../src/core/image/reference.js";
import { chainIds, LayerStore, type Layer } from "./layers.js";
import { familiarName, pinnedName, type StoredName } from "./names.js";
import { Refusal } from "./refusal.js";

export interface StoredImage {
  readonly id: ImageId;
  readonly parentId: ImageId | null;
  readonly layers: readonly Layer[];
  readonly chain: readonly string[];
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch seconds: build metadata. */
  readonly created: number;
  readonly command: readonly string[];
  /** In a containerd store, the manifests of its platforms, that of the host first; without, the ID is the only one. */
  readonly manifests?: readonly string[];
}

export type NewImage = Omit<StoredImage, "chain" | "sizeBytes">;

/** Images, their names and their layers. It knows no container and writes no event. */
export class ImageStore {
  readonly layers = new LayerStore();
  readonly #images = new Map<ImageId, StoredImage>();
  readonly #names = new Map<StoredName, ImageId>();
  readonly #namesOf = new Map<ImageId, Set<StoredName>>();
  readonly #childrenOf = new Map<ImageId, number>();
  readonly #nameless = new Set<ImageId>();
  readonly #taggedAt = new Map<ImageId, bigint>();

  get size(): number {
    return this.#images.size;
  }

  all(): Iterable<StoredImage> {
    return this.#images.values();
  }

  get(id: ImageId): StoredImage | undefined {
    return this.#images.get(id);
  }

  /** Nothing happens when the image is there already. */
  add(image: NewImage): void {
    if (this.#images.has(image.id)) return;
    const chain = chainIds(image.layers);
    const sizeBytes = image.layers.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#images.set(image.id, { ...image, chain, sizeBytes });
    this.#namesOf.set(image.id, new Set());
    this.layers.hold(image.layers, chain);
    this.#countChild(image.parentId, 1);
  }

  /** Answers with the chain IDs of the layers that went with it. Its names must be gone. */
  delete(image: StoredImage): readonly string[] {
    this.#images.delete(image.id);
    this.#namesOf.delete(image.id);
    this.#taggedAt.delete(image.id);
    this.#nameless.delete(image.id);
    this.#countChild(image.parentId, -1);
    return this.layers.release(image.chain);
  }

  hasChildren(id: ImageId): boolean {
    return (this.#childrenOf.get(id) ?? 0) > 0;
  }

  /** Takes the name from any other image. */
  setName(name: StoredName, id: ImageId): void {
    this.dropName(name);
    this.#names.set(name, id);
    this.#namesOf.get(id)?.add(name);
  }

  dropName(name: StoredName): void {
    const id = this.#names.get(name);
    this.#names.delete(name);
    if (id !== undefined) this.#namesOf.get(id)?.delete(name);
  }

  /** In the order in which moby has them. */
  namesOf(id: ImageId): readonly StoredName[] {
    return [...(this.#namesOf.get(id) ?? [])].sort();
  }

  /** In the containerd store the record of an image without a name stays when a load gives it one. */
  keepNameless(id: ImageId): void {
    this.#nameless.add(id);
  }

  isNameless(id: ImageId): boolean {
    return this.#nameless.has(id) || this.namesOf(id).length === 0;
  }

  /** Written by `docker tag` alone: neither a pull nor a load counts. */
  noteTagged(id: ImageId, time: bigint): void {
    this.#taggedAt.set(id, time);
  }

  taggedAt(id: ImageId): bigint | null {
    return this.#taggedAt.get(id) ?? null;
  }

  /** By full ID, name, or the beginning of an ID, in moby's order. */
  find(text: string): StoredImage | undefined {
    const id = toImageId(text);
    if (id !== null) return this.#images.get(id);
    const [name] = this.namesMeant(text);
    const named = name === undefined ? undefined : this.#names.get(name);
    return named === undefined ? this.#findByPrefix(text) : this.#images.get(named);
  }

  /** The stored names that a name of a request means: a digest means all that have it, whatever their tags. */
  namesMeant(text: string): readonly StoredName[] {
    const canonical = canonicalNameOf(text);
    if (canonical === null) return [];
    const exact = [pinnedName(text), canonical].filter((name) => name !== null && this.#names.has(name));
    if (exact.length > 0 || !text.includes("@")) return exact.slice(0, 1).flatMap((name) => name ?? []);
    return [...this.#names.keys()].filter((name) => canonicalNameOf(name) === canonical);
  }

  require(text: string): StoredImage {
    const image = this.find(text);
    if (image !== undefined) return image;
    if (toImageId(text) !== null) throw new Refusal(404, `No such image: ${text}`);
    if (parseReference(text) === null) throw new Refusal(400, "invalid reference format");
    throw new Refusal(404, `No such image: ${familiarName(text)}`);
  }

  #findByPrefix(text: string): StoredImage | undefined {
    const digits = text.replace(/^sha256:/, "");
    if (!/^[0-9a-f]+$/.test(digits)) return undefined;
    const found = [...this.#images.keys()].filter((id) => id.startsWith(`sha256:${digits}`));
    const [only] = found;
    return only === undefined || found.length > 1 ? undefined : this.#images.get(only);
  }

  #countChild(parentId: ImageId | null, step: number): void {
    if (parentId !== null) this.#childrenOf.set(parentId, (this.#childrenOf.get(parentId) ?? 0) + step);
  }
}
