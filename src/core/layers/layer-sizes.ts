/** One step of an image's history. The API does not say whether it made a layer. */
export interface HistoryEntry {
  readonly bytes: number;
  /** The command, in the words of whatever built the image. */
  readonly createdBy: string;
}

/** What an engine reports of the layers of one image. */
export interface LayerEvidence {
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** What the layers add up to; null where the engine's size of an image counts more than its layers. */
  readonly sumBytes: number | null;
}

/** The uncompressed digest of a layer without any file: two blocks of zeros, which is an empty tar archive. */
const emptyLayer = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

/** Instructions that never make a layer, as the classic builder and BuildKit write them into a history. */
const metadataStep =
  /^(?:\/bin\/sh -c )?(?:#\(nop\)\s+)?(?:ARG|CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL|STOPSIGNAL|USER|VOLUME)\b/;

/**
 * The bytes of each layer, lowest first; null where the history leaves it open. Engines lay layers and entries side by
 * side from the bottom (moby daemon/images/image_history.go), but show an entry without a layer as one of size 0. So
 * every way is tried in which entries of size 0 may or may not be layers, and a size counts only if all ways agree.
 */
export function layerSizes({ diffIds, history, sumBytes }: LayerEvidence): (number | null)[] {
  const unknown = diffIds.map(() => null);
  const listed = history.reduce((sum, { bytes }) => sum + bytes, 0);
  if (sumBytes !== null && listed > sumBytes) return unknown;
  const withSize = history.filter(({ bytes }) => bytes > 0).length;
  if (withSize > diffIds.length) return unknown;
  // The rest of the bytes is in layers on top that the history does not list.
  const isShort = sumBytes !== null && listed < sumBytes;
  const sizes = alignments(diffIds, history, isShort ? "short" : "whole");
  if (sizes === null) return unknown;
  return sizes.map((possible) => (possible.size === 1 ? ([...possible][0] ?? null) : null));
}

/** For each layer the sizes that some way of laying entries beside layers gives it; null when there is no way. */
function alignments(
  diffIds: readonly string[],
  history: readonly HistoryEntry[],
  extent: "whole" | "short",
): Set<number>[] | null {
  const fits = (entry: HistoryEntry, layer: number) => {
    const diffId = diffIds[layer];
    if (diffId === undefined) return false;
    return entry.bytes === 0 ? !metadataStep.test(entry.createdBy) : diffId !== emptyLayer;
  };
  // Row n: how many layers the first n entries may have used up.
  const reachable: Set<number>[] = [new Set([0])];
  for (const entry of history) {
    const used = new Set<number>();
    for (const layer of reachable.at(-1) ?? []) {
      if (fits(entry, layer)) used.add(layer + 1);
      if (entry.bytes === 0) used.add(layer);
    }
    reachable.push(used);
  }
  const ends = [...(reachable.at(-1) ?? [])].filter((used) =>
    extent === "whole" ? used === diffIds.length : used < diffIds.length,
  );
  if (ends.length === 0) return null;
  const sizes = diffIds.map(() => new Set<number>());
  let leading = new Set(ends);
  for (const [index, entry] of [...history.entries()].reverse()) {
    const before = new Set<number>();
    for (const layer of reachable[index] ?? []) {
      if (entry.bytes === 0 && leading.has(layer)) before.add(layer);
      if (!fits(entry, layer) || !leading.has(layer + 1)) continue;
      before.add(layer);
      sizes[layer]?.add(entry.bytes);
    }
    leading = before;
  }
  // What one of the ways leaves to the top of the image, without a size, is open.
  const certain = Math.min(...ends);
  return sizes.map((possible, layer) => (layer < certain ? possible : new Set<number>()));
}
