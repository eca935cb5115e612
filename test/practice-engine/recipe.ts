import type { ImageId } from "../../src/core/image/image.js";
import type { NewImage } from "./image-store.js";
import { digestOf, type Layer } from "./layers.js";

/** An image for a scene. Without layers it has one of its own, of the given size. */
export interface ImageRecipe {
  readonly name?: string | readonly string[];
  /** Size of a layer of its own, in units of 1,000,000 bytes. */
  readonly megabytes?: number;
  /** The same in bytes. */
  readonly bytes?: number;
  /** All layers below that one; images with equal ones share them. */
  readonly layers?: readonly Layer[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Epoch seconds; build metadata, which says nothing about use. */
  readonly created?: number;
  /** Recipes with the same content make the same image; by default none is like another. */
  readonly content?: string;
}

const defaultCreated = Date.UTC(2024, 0, 1) / 1000;

export function layerOf(content: string, bytes: number): Layer {
  return { diffId: digestOf(`${content}, ${bytes} bytes`), bytes };
}

export function namesIn({ name = [] }: ImageRecipe): readonly string[] {
  return [name].flat();
}

/** Deterministic: the same recipe and content make the same ID. */
export function imageOf(recipe: ImageRecipe, content: string, parentId: ImageId | null): NewImage {
  const own = recipe.bytes ?? (recipe.megabytes === undefined ? undefined : recipe.megabytes * 1_000_000);
  const below = recipe.layers ?? [];
  const layers =
    own === undefined && below.length > 0 ? below : [...below, layerOf(content, own ?? 1_000_000)];
  const { labels = {}, created = defaultCreated } = recipe;
  const config = { content, layers, labels, created, parentId };
  const id = digestOf(JSON.stringify(config)) as ImageId;
  return { id, parentId, layers, labels, created, command: ["/bin/busybox", "true"] };
}
