/** The name that a misspelt one was probably meant to be; null when none is near. */
export function nearest(typed: string, names: readonly string[]): string | null {
  return nearestFirst(names, (name) => nearDistance(typed, name))[0] ?? null;
}

const atMost = 3;

/**
 * The names of images that one which there is not, or a pattern that matches nothing, was probably meant for, the nearest first. A
 * name may be typed without its tag, and by its end.
 */
export function nearestNames(typed: string, names: readonly string[]): string[] {
  const asked = typed.replace(/:?[*]*$/, "");
  const parts = asked.split("/").length;
  const distanceOf = (name: string): number => {
    const untagged = name.replace(/:[^:/]*$/, "");
    const spellings = [name, untagged, endOf(name, parts), endOf(untagged, parts)];
    return Math.min(...spellings.map((spelling) => nearDistance(asked, spelling)));
  };
  return nearestFirst(names, distanceOf).slice(0, atMost);
}

/** Each once, and none that is infinitely far. */
function nearestFirst(names: readonly string[], distanceOf: (name: string) => number): string[] {
  return Array.from(new Set(names), (name) => ({ name, distance: distanceOf(name) }))
    .filter(({ distance }) => distance < Infinity)
    .sort((first, second) => first.distance - second.distance)
    .map(({ name }) => name);
}

function endOf(name: string, parts: number): string {
  return name.split("/").slice(-parts).join("/");
}

/** Infinite where they are so far apart that one is hardly a slip for the other. */
function nearDistance(typed: string, name: string): number {
  const limit = Math.min(3, Math.floor(typed.length / 3));
  if (Math.abs(name.length - typed.length) > limit) return Infinity;
  const distance = editDistance(typed, name);
  return distance > limit ? Infinity : distance;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one text into the other. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const edited = Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swaps = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = swaps ? Math.min(edited, (beforePrevious[column - 2] ?? 0) + 1) : edited;
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[to.length] ?? 0;
}
