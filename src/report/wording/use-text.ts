import type { Use } from "../../core/uses/use.js";
import { nameOrShortId } from "./image-name.js";
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
  return nameOrShortId(name);
}

/** `container web`, `mount tools` */
export function holderText(holder: string): string {
  return holder.replace(/^(container|mount|service):/, "$1 ");
}

/** `web +2`, `api (service)`: containers are what one expects, so only other kinds of use are named. */
export function usersText(users: readonly string[]): string {
  const [first = "", ...others] = users;
  const name = first.replace(/^container:/, "").replace(/^(mount|service):(.*)$/, "$2 ($1)");
  return others.length === 0 ? name : `${name} +${others.length}`;
}
