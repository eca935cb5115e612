import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Image, ImageId } from "../../../../src/core/image/image.js";
import { layersOfAll } from "../../../../src/core/layers/image-layers.js";
import { chainIdsOf } from "../../../../src/core/layers/layer-chain.js";
import {
  emptyLayerRecord,
  nextLayerRecord,
  type LayerDetails,
} from "../../../../src/core/layers/layer-record.js";
import { LayerSet } from "../../../../src/core/layers/layer-set.js";
import type { EngineDescription } from "../../../../src/engine/port.js";
import { keptLayers } from "../../../../src/run/observe/kept-layers.js";
import { boltFile, type BoltTree } from "../../../support/bolt-file.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { image, imageId } from "../../../support/values.js";

/** Each layer takes this much unpacked; an image has as many packed bytes. */
const bytes = 1_000;

/** What of the layers of an image is kept for it: all, none, or that it is not told. */
type Kept = "all" | "none" | "untold";

interface Recipe {
  readonly layers: readonly string[];
  readonly kept: Kept;
}

const label = "containerd.io/gc.ref.snapshot.overlayfs";

function databaseOf(recipes: Readonly<Record<string, Recipe>>, namespace = "moby"): BoltTree {
  const blob = Object.entries(recipes).flatMap(([word, { layers, kept }]): [string, BoltTree][] => {
    const chainId = chainIdsOf(layers).at(-1) ?? "";
    const labels: BoltTree =
      kept === "all" ? { labels: { [label]: chainId } } : { labels: { other: "text" } };
    return kept === "untold" ? [] : [[`config of ${word}`, labels]];
  });
  return { v1: { [namespace]: { content: { blob: Object.fromEntries(blob) } } } };
}

/** Bytes that go with these images, of all. */
function freedBy(
  going: readonly string[],
  recipes: Readonly<Record<string, Recipe>>,
  database: Buffer | null = boltFile(databaseOf(recipes)),
): number {
  const rootDirectory = temporaryFolder();
  const root = join(rootDirectory, "containerd/daemon");
  mkdirSync(join(root, "io.containerd.content.v1.content/blobs/sha256"), { recursive: true });
  mkdirSync(join(root, "io.containerd.metadata.v1.bolt"));
  if (database !== null) writeFileSync(join(root, "io.containerd.metadata.v1.bolt/meta.db"), database);
  const images = new Map<ImageId, Image>();
  const learned = new Map<ImageId, LayerDetails>();
  for (const [word, recipe] of Object.entries(recipes)) {
    const id = imageId(word);
    writeFileSync(join(root, "io.containerd.content.v1.content/blobs/sha256", id.replace("sha256:", "")), "");
    const details = detailsOf(word, recipe);
    images.set(id, image(word, { sizeBytes: details.content?.listedBytes ?? 0 }));
    learned.set(id, details);
  }
  const address = "/run/docker/containerd/containerd.sock";
  const imageStore = { kind: "containerd", address, snapshotter: "overlayfs", namespace: "moby" } as const;
  const description = { imageStore, rootDirectory, isLocal: true } as Partial<EngineDescription>;
  const record = nextLayerRecord(emptyLayerRecord, learned, images);
  const kept = keptLayers(description as EngineDescription, record, images.values());
  const layersOf = layersOfAll(images, kept, "layers-and-content");
  const set = new LayerSet();
  const tops = new Map([...images.values()].map((each) => [each.id, layersOf(each).topLayer]));
  for (const top of tops.values()) set.add(top);
  return going.reduce((sum, word) => sum + set.remove(tops.get(imageId(word)) ?? null), 0);
}

function detailsOf(word: string, { layers }: Recipe): LayerDetails {
  const unpackedBytes = layers.length * bytes;
  return {
    diffIds: layers,
    history: layers.map(() => ({ bytes, createdBy: "RUN" })),
    sumBytes: unpackedBytes,
    taggedAt: null,
    content: {
      listedBytes: unpackedBytes + bytes,
      unpackedBytes,
      others: [],
      blobs: { ofLayers: layers.map(() => null), others: [{ digest: `config of ${word}`, bytes }] },
      platformBytes: bytes,
      otherBytes: 0,
    },
  };
}

describe("unpacked layers that an image stands on", () => {
  const own: Recipe = { layers: ["base", "own"], kept: "all" };

  it("go with the image that they are kept for, whoever else stands on them", () => {
    const recipes = { own, base: { layers: ["base"], kept: "none" } } as const;
    expect(freedBy(["own"], recipes)).toBe(3 * bytes);
    expect(freedBy(["base"], recipes)).toBe(bytes);
  });

  it("stay as long as one is there that they are kept for", () => {
    const recipes = { own, same: own, third: { ...own, kept: "none" } } as const;
    expect(freedBy(["own"], recipes)).toBe(bytes);
    expect(freedBy(["own", "same"], recipes)).toBe(4 * bytes);
  });

  it("count as the image's where nobody else has them", () => {
    const recipes = {
      own: { ...own, kept: "none" },
      other: { layers: ["base", "more"], kept: "all" },
    } as const;
    expect(freedBy(["other"], recipes)).toBe(2 * bytes);
  });

  it.each<[string, Kept, Buffer | null]>([
    ["nothing can be read", "none", null],
    ["the file is another one", "none", Buffer.from("nothing of the kind")],
    ["it is of another namespace", "none", boltFile(databaseOf({ own }, "other"))],
    ["its blobs are not in it", "untold", boltFile(databaseOf({ own }))],
  ])("count as everybody's who stands on them where %s", (_, kept, database) => {
    const recipes = { own, base: { layers: ["base"], kept } };
    expect(freedBy(["own"], recipes, database)).toBe(2 * bytes);
  });
});
