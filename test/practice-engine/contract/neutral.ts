import type { ListedEvent } from "../../support/engine-events.js";

/** A text in which every hexadecimal ID, long or short, is replaced by its number of appearance. */
export function withoutIds(text: string): string {
  const seen: string[] = [];
  return text.replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{12})\b/g, (id) => {
    const known = seen.findIndex((other) => other.startsWith(id) || id.startsWith(other));
    const index = known < 0 ? seen.push(id) - 1 : known;
    return `<id ${index + 1}>`;
  });
}

/** The events of a scene, one text each: type, action, and the name that the event carries. */
export function neutralEvents(events: readonly ListedEvent[]): string[] {
  const lines = events.map(({ type, action, attributes }) => {
    const name = type === "container" ? attributes["image"] : attributes["name"];
    return `${type} ${action} ${name ?? ""}`.replace(/[0-9a-f]{64}/, "<id>");
  });
  return inOneOrder(lines);
}

const endings = ["container die", "container stop", "network disconnect"];

/** What ends with a container is reported by several parts of the engine at the same moment, in any order. */
function inOneOrder(lines: readonly string[]): string[] {
  const ordered: string[] = [];
  let ended: string[] = [];
  for (const line of lines) {
    if (endings.some((ending) => line.startsWith(ending))) {
      ended.push(line);
    } else {
      ordered.push(...ended.sort(), line);
      ended = [];
    }
  }
  return [...ordered, ...ended.sort()];
}
