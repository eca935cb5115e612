import { createHash } from "node:crypto";
import {
  gzippedLayer,
  hostPlatform,
  ociImage,
  ociIndex,
  type OciImage,
  type OciLayer,
} from "../../support/oci-archive.js";

/** Numbers from 0 to 1 that a seed tells. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    // https://en.wikipedia.org/wiki/Xorshift, of 32 bits
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export interface NamedImage {
  readonly name: string;
  readonly image: OciImage;
}

/**
 * Images of 1 to 6 gzipped layers on shared bases. Every layer is made of two kinds of blocks, such that compress to nothing and
 * such that do not, so that packed it is anything between nearly nothing and all of it. Some are indexes with another platform.
 */
export function crowdOf(count: number, bases: number, random: Random): NamedImage[] {
  const between = (least: number, most: number) => Math.floor(least + random() * (most - least));
  const shares = [0, 0.05, 0.3, 0.7, 1];
  const layer = (name: string, least: number, most: number): OciLayer =>
    gzippedLayer(name, blocks(name, between(least, most), shares[between(0, shares.length)] ?? 0));
  const shared = Array.from({ length: bases }, (_, base) => layer(`base-${base}`, 1_000_000, 6_000_000));
  const foreignBase = layer("foreign-base", 1_000_000, 6_000_000);
  const common = Array.from({ length: 6 }, (_, number) => layer(`common-${number}`, 100_000, 1_000_000));
  return Array.from({ length: count }, (_, number) => {
    const base = shared[between(0, bases)];
    const own = Array.from({ length: between(0, 6) }, (__, place) =>
      random() < 0.2
        ? common[between(0, common.length)]
        : layer(`image-${number}-${place}`, 50_000, 2_000_000),
    );
    const layers = [base, ...own].filter((each) => each !== undefined);
    const image = ociImage(layers, `image ${number}`);
    const arm = { architecture: "arm64", os: "linux" };
    const isBoth = random() < 0.1;
    const foreign = () => [foreignBase, layer(`foreign-${number}`, 50_000, 2_000_000)];
    const both = (): OciImage =>
      ociIndex([
        { image, platform: hostPlatform },
        { image: ociImage(foreign(), `foreign ${number}`, arm), platform: arm },
      ]);
    return { name: `accuracy/image-${number}:1`, image: isBoth ? both() : image };
  });
}

const blockBytes = 4096;

function blocks(name: string, bytes: number, share: number): Buffer {
  const content = Buffer.alloc(bytes);
  const block = Buffer.alloc(blockBytes);
  for (let at = 0, sum = 0; at < bytes; at += blockBytes) {
    sum += share;
    if (sum < 1) continue;
    sum -= 1;
    let digest = createHash("sha512").update(`${name} ${at}`).digest();
    for (let place = 0; place < blockBytes; place += digest.length) {
      digest.copy(block, place);
      digest = createHash("sha512").update(digest).digest();
    }
    block.copy(content, at);
  }
  return content;
}
