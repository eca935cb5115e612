import { chainIdsOf } from "./layer-chain.js";
import type { LayerEntry } from "./layer-record.js";
import { layerSizes, type HistoryEntry, type LayerEvidence } from "./layer-sizes.js";

/**
 * Layers whose bytes are known. Images share most of theirs, so most need not be asked for their history: their
 * layers are all known, or all but one, which has what is left of the image's bytes.
 */
export class KnownLayers {
  readonly #bytes = new Map<string, number>();

  constructor(layers: Iterable<Pick<LayerEntry, "chainId" | "bytes">>) {
    for (const { chainId, bytes } of layers) if (bytes !== null) this.#bytes.set(chainId, bytes);
  }

  /** A step for each layer, as an engine would tell it; null where only the engine can. */
  impliedHistory({ diffIds, sumBytes }: Omit<LayerEvidence, "history">): readonly HistoryEntry[] | null {
    const sizes = chainIdsOf(diffIds).map((chainId) => this.#bytes.get(chainId));
    const open = sizes.filter((bytes) => bytes === undefined).length;
    if (open > 1 || (open === 1 && sumBytes === null)) return null;
    const rest = sizes.reduce((left: number, bytes = 0) => left - bytes, sumBytes ?? 0);
    // What is known contradicts what the engine says of this image.
    if (sumBytes !== null && (rest < 0 || (open === 0 && rest > 0))) return null;
    return sizes.map((bytes = rest) => ({ bytes, createdBy: "" }));
  }

  add(evidence: LayerEvidence): void {
    const sizes = layerSizes(evidence);
    for (const [index, chainId] of chainIdsOf(evidence.diffIds).entries()) {
      const bytes = sizes[index] ?? null;
      if (bytes !== null && !this.#bytes.has(chainId)) this.#bytes.set(chainId, bytes);
    }
  }
}
