import { createHash } from "node:crypto";

export interface Layer {
  readonly diffId: string;
  /** Uncompressed, as the engine counts it. */
  readonly bytes: number;
}

/** One ID for each layer and all below it: what the engine stores layers under, and what it says it deleted. */
export function chainIds(layers: readonly Layer[]): readonly string[] {
  const chain: string[] = [];
  for (const { diffId } of layers) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}

export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** All layers of an engine, each as often as images hold it. */
export class LayerStore {
  readonly #held = new Map<string, { readonly bytes: number; holders: number }>();
  #totalBytes = 0;

  /** Bytes of all layers, shared ones once. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  hold(layers: readonly Layer[], chain: readonly string[]): void {
    layers.forEach(({ bytes }, index) => {
      const id = chain[index] ?? "";
      const held = this.#held.get(id);
      if (held === undefined) {
        this.#held.set(id, { bytes, holders: 1 });
        this.#totalBytes += bytes;
      } else {
        held.holders += 1;
      }
    });
  }

  /** Answers with the layers that nobody holds any more, the topmost first. */
  release(chain: readonly string[]): readonly string[] {
    return chain.toReversed().filter((id) => {
      const held = this.#held.get(id);
      if (held === undefined || --held.holders > 0) return false;
      this.#held.delete(id);
      this.#totalBytes -= held.bytes;
      return true;
    });
  }

  /** Bytes of those layers that more than one image holds. */
  sharedBytes(chain: readonly string[]): number {
    return chain
      .map((id) => this.#held.get(id))
      .reduce((sum, held) => (held !== undefined && held.holders > 1 ? sum + held.bytes : sum), 0);
  }
}
