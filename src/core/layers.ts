/** A layer as it lies in the store: the same chain ID is the same bytes, held once however many images share it. */
export interface Layer {
  readonly chainId: string;
  readonly bytes: number;
}

/**
 * The bytes of a set of images, as the union of their layers. Adding or removing an image costs its own layers,
 * whatever the size of the set.
 */
export class LayerSet {
  readonly #holders: Map<string, number>;
  #totalBytes: number;

  /** Empty, or a copy of another set, which costs much less than adding its images again. */
  constructor(other?: LayerSet) {
    this.#holders = new Map(other === undefined ? [] : other.#holders);
    this.#totalBytes = other?.totalBytes ?? 0;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Bytes that an image with these layers would add. */
  marginalBytes(layers: readonly Layer[]): number {
    let bytes = 0;
    for (const layer of layers) if (!this.#holders.has(layer.chainId)) bytes += layer.bytes;
    return bytes;
  }

  /** Returns the bytes that were added. */
  add(layers: readonly Layer[]): number {
    let added = 0;
    for (const layer of layers) {
      const holders = this.#holders.get(layer.chainId) ?? 0;
      if (holders === 0) added += layer.bytes;
      this.#holders.set(layer.chainId, holders + 1);
    }
    this.#totalBytes += added;
    return added;
  }

  /** Returns the bytes that nobody in the set holds any more. The image must have been added before. */
  remove(layers: readonly Layer[]): number {
    let freed = 0;
    for (const layer of layers) {
      const holders = (this.#holders.get(layer.chainId) ?? 1) - 1;
      if (holders === 0) {
        this.#holders.delete(layer.chainId);
        freed += layer.bytes;
      } else {
        this.#holders.set(layer.chainId, holders);
      }
    }
    this.#totalBytes -= freed;
    return freed;
  }
}
