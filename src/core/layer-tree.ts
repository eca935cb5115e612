import type { Image } from "./image.js";
import type { LayerRecord } from "./layer-record.js";

/** A layer with its place among those of all images that are present. */
export interface LayerNode {
  /** Its place in the list of all nodes. */
  readonly index: number;
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

/** The layers of these images, of which the record holds no others. What they share is below what tells them apart: a tree. */
export function growTree(images: Iterable<Image>, record: LayerRecord): LayerTree {
  const nodes: LayerNode[] = [];
  const byNumber = new Map<number, LayerNode>();
  const find = (number: number | null) => (number === null ? null : (byNumber.get(number) ?? null));
  for (const [number, { below, bytes }] of record.layers) {
    const node: LayerNode = { index: nodes.length, below: find(below), bytes, branches: 0 };
    if (node.below !== null) node.below.branches += 1;
    byNumber.set(number, node);
    nodes.push(node);
  }
  const placed: PlacedImage[] = [];
  for (const image of images) {
    const learned = record.images.get(image.id);
    if (learned !== undefined) placed.push({ image, top: find(learned.top) });
  }
  return { nodes, placed };
}
