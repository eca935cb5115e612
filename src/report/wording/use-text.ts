import type { Use } from "../../core/uses/use.js";
import { shortId, toImageId } from "../../core/image/image.js";
import { useKindWords } from "./words.js";

/** `container ended: web`, `tagged: app:2`, `pulled` */
export function useText({ kind, by }: Use): string {
  const words = useKindWords[kind];
  return by === null ? words : `${words}: ${userText(by)}`;
}

/** `container:web` and the like, as the engine's side of the program writes them, for a person. */
function userText(by: string): string {
  const [, kind = "", name = by] = /^(container|mount|service|name|image):(.*)$/s.exec(by) ?? [];
  if (kind === "mount" || kind === "service") return `${name} (${kind})`;
  const id = toImageId(name);
  return id === null ? name : shortId(id);
}

/** `container web`, `mount tools` */
export function holderText(holder: string): string {
  return holder.replace(/^(container|mount|service):/, "$1 ");
}
