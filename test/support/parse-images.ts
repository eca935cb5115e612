import type { Image } from "../../src/core/image/image.js";
import { ImageReader } from "../../src/engine/docker-api/image-answers.js";
import type { ImageStore } from "../../src/engine/port.js";

/** The images of a listing that comes in one piece. */
export function parseImages(answer: unknown, store: ImageStore["kind"] = "engine"): Image[] {
  const reader = new ImageReader(store);
  reader.read(answer);
  return reader.images;
}
