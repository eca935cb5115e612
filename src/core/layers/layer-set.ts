/**
 * A layer as it lies in the store, on top of the one below it: held once, however many images share it. Two images share
 * a layer when it is the same object, and then they share all below it, too.
 */
export interface Layer {
  /** Its place among all layers of a plan: from 0 on, higher than that of the layer below. */
  readonly index: number;
  readonly bytes: number;
  /** Null for a lowest layer. */
  readonly below: Layer | null;
  /** What the store keeps for it besides, and for others, too: compressed content, layers of other platforms. */
  readonly besides?: readonly Layer[];
  /** By how much its bytes may be off, either way, where they were estimated. */
  readonly slack?: {
    /** Of those with all below it, which is what an image is thought to share with another one. */
    readonly sharedBytes: number;
    /** Of its own. */
    readonly ownBytes: number;
  };
}

/**
 * The bytes of a set of images, as the union of their layers. An image is its topmost layer, null for one without any.
 *
 * A layer counts who holds it as a store does: the images that end with it, and what needs it that is held itself. So adding or removing an image costs no more than the layers that come or go with it, whatever the size of the set.
 */
export class LayerSet {
  readonly #holders: number[];
  #totalBytes: number;
  #slackBytes: number;

  /** Empty, or a copy of another set, which costs much less than adding its images again. */
  constructor(other?: LayerSet) {
    this.#holders = other === undefined ? [] : [...other.#holders];
    this.#totalBytes = other?.totalBytes ?? 0;
    this.#slackBytes = other?.slackBytes ?? 0;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /**
   * By how much `totalBytes` may be off, either way. What an image has together is known, so mostly what is off is what it shares: once
   * for each image that has it beyond the first.
   */
  get slackBytes(): number {
    return this.#slackBytes;
  }

  /** Whether an image of the set needs it. */
  has({ index }: Layer): boolean {
    return (this.#holders[index] ?? 0) > 0;
  }

  marginalBytes(top: Layer | null): number {
    let bytes = 0;
    for (let layer = top; layer !== null && !this.has(layer); layer = layer.below) {
      bytes += layer.bytes;
      if (layer.besides === undefined) continue;
      // Of what it needs in several ways, only the set knows how to count it once.
      const added = this.#add(top);
      this.#remove(top);
      return added;
    }
    return bytes;
  }

  /** Returns the bytes that were added. */
  add(top: Layer | null): number {
    const added = this.#add(top);
    this.#totalBytes += added;
    return added;
  }

  /** Returns the bytes that nobody in the set holds any more. The image must have been added before. */
  remove(top: Layer | null): number {
    const freed = this.#remove(top);
    this.#totalBytes -= freed;
    return freed;
  }

  #add(top: Layer | null): number {
    let added = 0;
    for (let layer = top; layer !== null; layer = layer.below) {
      // An array with holes would be a table, and several times slower.
      while (this.#holders.length <= layer.index) this.#holders.push(0);
      const holders = this.#holders[layer.index] ?? 0;
      this.#holders[layer.index] = holders + 1;
      if (holders > 0) {
        this.#slackBytes += layer.slack?.sharedBytes ?? 0;
        break;
      }
      this.#slackBytes += layer.slack?.ownBytes ?? 0;
      added += layer.bytes;
      if (layer.besides !== undefined) for (const other of layer.besides) added += this.#add(other);
    }
    return added;
  }

  #remove(top: Layer | null): number {
    let freed = 0;
    for (let layer = top; layer !== null; layer = layer.below) {
      const holders = (this.#holders[layer.index] ?? 0) - 1;
      this.#holders[layer.index] = holders;
      if (holders > 0) {
        this.#slackBytes -= layer.slack?.sharedBytes ?? 0;
        break;
      }
      this.#slackBytes -= layer.slack?.ownBytes ?? 0;
      freed += layer.bytes;
      if (layer.besides !== undefined) for (const other of layer.besides) freed += this.#remove(other);
    }
    return freed;
  }
}
