import type { Image } from "./image.js";
import type { LayerRecord } from "./layer-record.js";

/** A layer with its place among those of all images that are present. */
export interface LayerNode {
  /** Its place in the list of all nodes. */
  readonly index: number;
  readonly chainId: string;
  /** Null for a lowest layer. */
  readonly below: LayerNode | null;
  /** Null where it is open. */
  readonly bytes: number | null;
  /** Number of layers that lie on it. */
  branches: number;
}

/** An image on top of its layers. */
export interface PlacedImage {
  readonly image: Image;
  /** Null for an image without layers. */
  readonly top: LayerNode | null;
}

export interface LayerTree {
  /** Every layer behind the one below it. */
  readonly nodes: readonly LayerNode[];
  /** The images whose layers are known. */
  readonly placed: readonly PlacedImage[];
}

/** The layers of these images. Equal chain IDs mean equal layers all the way down, so together they are a tree. */
export function growTree(images: Iterable<Image>, record: LayerRecord): LayerTree {
  const known = new Map<string, LayerNode>();
  const placed: PlacedImage[] = [];
  for (const image of images) {
    const learned = record.images.get(image.id);
    if (learned !== undefined) placed.push({ image, top: grow(learned.top, record, known) });
  }
  return { nodes: [...known.values()], placed };
}

function grow(top: string | null, record: LayerRecord, known: Map<string, LayerNode>): LayerNode | null {
  const missing: string[] = [];
  let next = top;
  while (next !== null && !known.has(next)) {
    missing.push(next);
    next = record.layers.get(next)?.below ?? null;
  }
  let node = next === null ? null : (known.get(next) ?? null);
  for (const chainId of missing.reverse()) {
    const bytes = record.layers.get(chainId)?.bytes ?? null;
    const upper: LayerNode = { index: known.size, chainId, below: node, bytes, branches: 0 };
    if (node !== null) node.branches += 1;
    known.set(chainId, upper);
    node = upper;
  }
  return node;
}
