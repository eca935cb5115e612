import { toContainerId, toImageId, type ContainerId, type ImageId } from "../../core/image/image.js";
import { unexpected } from "../transport/fields.js";

/** Throws a Failure of code `engine`, as all that reads answers does. */
export function imageIdIn(text: string, where: string): ImageId {
  const id = toImageId(text);
  if (id === null) throw unexpected(text, where, "a full image ID");
  return id;
}

export function containerIdIn(text: string, where: string): ContainerId {
  const id = toContainerId(text);
  if (id === null) throw unexpected(text, where, "a full container ID");
  return id;
}
