import type { EngineRecord } from "../core/checkpoint.js";
import type { Image, ImageId } from "../core/image.js";
import type { ImageLesson } from "../core/layer-record.js";
import type { Listing } from "../core/listing.js";
import type { Observer } from "./list.js";

/** What was learned of images at first sight. */
export interface Lessons {
  readonly lessons: ReadonlyMap<ImageId, ImageLesson>;
  /** Images that the engine has but cannot tell of, as they are damaged. */
  readonly unreadable: readonly { readonly image: Image; readonly message: string }[];
}

/** Inspecting 1000 images took half the time of one after the other: 0.5 s, and 14.5 s in the containerd store. */
const atOnce = 8;

/**
 * Asks for the layers of those images that the ledger does not know yet; none of them when it knows all. An image that
 * is gone by now is left out. Throws a Failure of code `engine` when an answer is late, cut off or malformed.
 */
export async function learnLayers(
  { engine, description }: Observer,
  { layers }: EngineRecord,
  { images }: Listing,
): Promise<Lessons> {
  const waiting = [...images.values()].filter(({ id }) => !layers.images.has(id));
  const lessons = new Map<ImageId, ImageLesson>();
  const unreadable: { image: Image; message: string }[] = [];
  const learnNext = async (): Promise<void> => {
    for (let image = waiting.pop(); image !== undefined; image = waiting.pop()) {
      const answer = await engine.inspectAnatomy(image.id);
      if (answer.kind === "unreadable") unreadable.push({ image, message: answer.message });
      if (answer.kind !== "found") continue;
      const { diffIds, history, taggedAt, sizeBytes } = answer.anatomy;
      const sumBytes = description.imageSizes === "layers" ? sizeBytes : null;
      lessons.set(image.id, { diffIds, history, taggedAt, sumBytes });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, learnNext));
  } catch (error) {
    // The others go no further: a run that has failed must end.
    waiting.length = 0;
    throw error;
  }
  return { lessons, unreadable };
}
