import { layersOfAll } from "../layers/image-layers.js";
import type { LayerRecord } from "../layers/layer-record.js";
import { namesOf } from "../image/name-index.js";
import type { Image, ImageId } from "../image/image.js";
import type { EngineRecord } from "../uses/checkpoint.js";
import { append } from "../text/append.js";
import { bytesByRepository, type RepositoryBytes } from "./bytes-by-repository.js";
import type { EngineHistory, RemovalEntry, RunEntry, RunSpace } from "./history.js";
import { imageOf } from "./past.js";

/** A stretch of time, epoch milliseconds; `to` is null where it goes on. */
export interface Span {
  readonly from: number;
  readonly to: number | null;
}

/** When an image was there, when it was used, and when it was removed, as far as the ledger tells. */
export interface ImageLife {
  readonly imageId: ImageId;
  readonly names: readonly string[];
  readonly isPresent: boolean;
  readonly present: readonly Span[];
  readonly uses: readonly Span[];
  readonly removedAt: readonly number[];
}

/** All that a ledger knows of one engine's past, for a picture of it. */
export interface Chronicle {
  readonly engine: string;
  /** From the beginning of the first run's observation to the end of the last one's. */
  readonly from: number;
  readonly to: number;
  readonly runs: number;
  /** Oldest first; of runs that ended. */
  readonly space: readonly (RunSpace & { readonly at: number })[];
  /** Of the images that there were at the checkpoint, largest first. */
  readonly repositories: readonly RepositoryBytes[];
  /** Those that are there first, each most recently used first. */
  readonly lives: readonly ImageLife[];
  readonly observed: readonly Span[];
  /** Newest first. */
  readonly removals: readonly RemovalEntry[];
}

/** When each image was used, by the last digits of its ID; the oldest first. */
export type UsesByImage = ReadonlyMap<string, readonly Span[]>;

/** How many digits of an ID the log of uses has. */
export const loggedDigits = 16;

/** Null for an engine without any run. */
export function chronicleOf(
  { engine, runs }: EngineHistory,
  record: EngineRecord,
  uses: UsesByImage,
): Chronicle | null {
  const [last] = runs;
  if (last === undefined) return null;
  const from = Math.min(...runs.map(({ observation }) => observation.from));
  const to = Math.max(...runs.map(endOf));
  const removals = runs.flatMap((run) => run.removals).sort((first, second) => second.at - first.at);
  return {
    engine: engine.key,
    from,
    to,
    runs: runs.length,
    space: runs
      .flatMap((run) => (run.space === undefined ? [] : [{ ...run.space, at: endOf(run) }]))
      .reverse(),
    repositories: repositoriesIn(record),
    lives: livesOf(record, removals, uses, from),
    observed: observedIn(runs),
    removals,
  };
}

function endOf({ finishedAt, observation }: RunEntry): number {
  return Math.max(finishedAt ?? 0, observation.to);
}

function repositoriesIn(record: EngineRecord): readonly RepositoryBytes[] {
  const listed = record.listed.images;
  const images = new Map(
    [...record.images].map(([id, { names }]) => [id, listed.get(id) ?? unlisted(id, namesOf(names), record)]),
  );
  const hasContent = [...record.layers.images.values()].some(({ content }) => content !== null);
  const layersOf = layersOfAll(images, record.layers, hasContent ? "layers-and-content" : "layers");
  return bytesByRepository(
    [...images.values()].map((image) => ({ image, topLayer: layersOf(image).topLayer })),
  ).repositories;
}

/** The list is not kept of an engine that does not announce its images; what is known of layers is. */
function unlisted(imageId: ImageId, names: readonly string[], { layers }: EngineRecord): Image {
  return { ...imageOf({ imageId, names }), sizeBytes: knownBytes(imageId, layers) };
}

/** A layer that the engine's history leaves open counts as nothing. */
function knownBytes(id: ImageId, { images, layers }: LayerRecord): number {
  let bytes = 0;
  for (
    let layer = layers.get(images.get(id)?.top ?? 0);
    layer !== undefined;
    layer = layers.get(layer.below ?? 0)
  )
    bytes += layer.bytes ?? 0;
  return bytes;
}

function livesOf(
  { images, checkpoint }: EngineRecord,
  removals: readonly RemovalEntry[],
  uses: UsesByImage,
  from: number,
): ImageLife[] {
  const gone = new Map<ImageId, RemovalEntry[]>();
  for (const each of removals.toReversed()) if (each.outcome === "removed") append(gone, each.imageId, each);
  const lives = [...new Set([...images.keys(), ...gone.keys()])].map((imageId): ImageLife => {
    const known = images.get(imageId);
    const taken = gone.get(imageId) ?? [];
    const used = (uses.get(imageId.slice(-loggedDigits)) ?? []).filter(({ to }) => to === null || to >= from);
    const last = known === undefined ? [] : [{ from: known.lastUsedAt, to: known.lastUsedAt }];
    const all = used.length === 0 ? last.filter((use) => use.to >= from) : used;
    let since = -Infinity;
    const present = taken.map((removal): Span => {
      const first = all.find((use) => use.from > since && use.from <= removal.at)?.from ?? removal.at;
      since = removal.returned?.at ?? removal.at;
      return { from: first, to: removal.at };
    });
    if (known !== undefined) present.push({ from: known.firstSeenAt, to: null });
    return {
      imageId,
      names: known === undefined ? (taken.at(-1)?.names ?? []) : namesOf(known.names),
      isPresent: known !== undefined,
      present,
      uses: all,
      removedAt: taken.map(({ at }) => at),
    };
  });
  const end = checkpoint?.at ?? 0;
  const rank = ({ uses: used, removedAt }: ImageLife) =>
    Math.max(removedAt.at(-1) ?? 0, ...used.map((use) => use.to ?? end));
  return lives.sort(
    (first, second) =>
      Number(second.isPresent) - Number(first.isPresent) ||
      rank(second) - rank(first) ||
      first.imageId.localeCompare(second.imageId),
  );
}

/** Stretches without a gap between them are one. */
function observedIn(runs: readonly RunEntry[]): Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const { observation } of runs.toReversed()) {
    const { from, to, gap } = observation;
    const last = spans.at(-1);
    const begins = gap === null ? from : Math.max(from, Math.min(gap.to, to));
    if (last !== undefined && begins <= last.to) last.to = Math.max(last.to, to);
    else spans.push({ from: begins, to });
  }
  return spans;
}
