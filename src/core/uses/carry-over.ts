import { emptyRecord, type EngineRecord, type ImageRecord } from "./checkpoint.js";
import type { Image, ImageId } from "../image/image.js";
import { namesIn, namesOf } from "../image/name-index.js";
import { chainIdsOf } from "../layers/layer-chain.js";
import type { LayerDetails } from "../layers/layer-record.js";
import { topChainOf } from "./same-images.js";

/**
 * What was known in another store of the same engine, under the IDs of the images that are listed now: the same digest of a
 * repository is the same image, and so are the same layers, of which the latest use counts. What has neither is new. Of
 * containers, layers and failures nothing is carried over.
 */
export function carriedOver(
  record: EngineRecord,
  listed: ReadonlyMap<ImageId, Image>,
  learned: ReadonlyMap<ImageId, LayerDetails>,
): EngineRecord {
  const [byDigest, byTop] = [new Index(), new Index()];
  for (const [id, known] of record.images) {
    byDigest.add(id, known);
    for (const name of namesOf(known.names)) byDigest.add(digestOf(name), known);
    byTop.add(topChainOf(id, record), known);
  }
  const images = new Map<ImageId, ImageRecord>();
  for (const { id, digests } of listed.values()) {
    const top = chainIdsOf(learned.get(id)?.diffIds ?? []).at(-1) ?? null;
    const known = byDigest.latestOf([id, ...digests.map(digestOf)]) ?? byTop.latestOf([top]);
    if (known !== null) images.set(id, known);
  }
  return { ...withoutStore(record), images, names: namesIn(images) };
}

/** What is known of the engine whatever its store is. */
export function withoutStore({ checkpoint, warnedRules, chosenByNeedAt }: EngineRecord): EngineRecord {
  return { ...emptyRecord, checkpoint, warnedRules, chosenByNeedAt };
}

/** Of images that have something in common, the one that was used last. */
class Index {
  readonly #latest = new Map<string, ImageRecord>();

  add(key: string | null, image: ImageRecord): void {
    if (key === null) return;
    const known = this.#latest.get(key);
    if (known === undefined || known.awakeMsAtLastUse < image.awakeMsAtLastUse) this.#latest.set(key, image);
  }

  latestOf(keys: readonly (string | null)[]): ImageRecord | null {
    const found = keys.flatMap((key) => this.#latest.get(key ?? "") ?? []);
    return found.toSorted((one, other) => other.awakeMsAtLastUse - one.awakeMsAtLastUse)[0] ?? null;
  }
}

function digestOf(name: string): string | null {
  const at = name.lastIndexOf("@");
  return at < 0 ? null : name.slice(at + 1);
}
