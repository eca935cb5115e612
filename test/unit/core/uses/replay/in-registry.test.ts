import { describe, expect, it } from "vitest";
import type { EngineRecord } from "../../../../../src/core/uses/checkpoint.js";
import { emptyRecord } from "../../../../../src/core/uses/checkpoint.js";
import type { EngineEvent } from "../../../../../src/core/uses/event.js";
import type { Image, ImageId } from "../../../../../src/core/image/image.js";
import { createListing } from "../../../../../src/core/image/listing.js";
import { Replay } from "../../../../../src/core/uses/replay.js";
import { event, image, imageId } from "../../../../support/values.js";

const listedAt = 10_000;

interface Scene {
  readonly events: readonly EngineEvent[];
  /** At the end of the window. */
  readonly images: readonly Image[];
  /** What names stood for when the window began. */
  readonly names?: Readonly<Record<string, ImageId>>;
}

/** The words of the images that are seen to be in a registry. */
function seenInRegistry({ events, images, names = {} }: Scene): string[] {
  const record: EngineRecord = {
    ...emptyRecord,
    names: new Map(Object.entries(names).map(([name, id]) => [`docker.io/library/${name}`, id])),
  };
  const listing = createListing(images, [], [], listedAt);
  const replay = new Replay({ record, listing, continuous: true });
  for (const each of events) replay.apply(each);
  const { inRegistry } = replay.finish();
  return ["old", "new", "other"].filter((word) => inRegistry.has(imageId(word)));
}

const named = (word: string, ...tags: readonly string[]) => image(word, { tags });
const pull = (at: number, name: string) => event(at, "image", "pull", name, { name });
const push = (at: number, name: string) => event(at, "image", "push", name, { name });
const tag = (at: number, word: string, name: string) => event(at, "image", "tag", imageId(word), { name });

describe("that an image is in a registry", () => {
  it("is seen by a pull, and by a push", () => {
    const images = [named("new", "app:1"), named("other", "other:1")];
    expect(seenInRegistry({ events: [pull(1, "app:1")], images })).toEqual(["new"]);
    expect(
      seenInRegistry({ events: [push(1, "app:1")], images, names: { "app:1": imageId("new") } }),
    ).toEqual(["new"]);
  });

  it("is told outright where the event has the ID, as Podman's have", () => {
    const events = [event(1, "image", "pull", imageId("new").slice("sha256:".length), { name: "app:1" })];
    expect(seenInRegistry({ events, images: [named("new", "app:1")] })).toEqual(["new"]);
  });

  it("is not seen by anything that does not leave this host", () => {
    const images = [named("new", "app:1")];
    const events = [
      tag(1, "new", "app:1"),
      event(2, "image", "load", imageId("new")),
      event(3, "image", "save", imageId("new")),
    ];
    expect(seenInRegistry({ events, images })).toEqual([]);
  });

  it.each<[string, Scene]>([
    [
      "the name was given to a local image after the pull",
      { events: [pull(1, "app:1"), tag(2, "new", "app:1")], images: [named("old"), named("new", "app:1")] },
    ],
    [
      "the name was given to a local image after a push of the one before",
      {
        events: [push(1, "app:1"), tag(2, "new", "app:1")],
        images: [named("old"), named("new", "app:1")],
        names: { "app:1": imageId("old") },
      },
    ],
    [
      "a load after the push may have moved the name",
      {
        events: [push(1, "app:1"), event(2, "image", "load", imageId("new"))],
        images: [named("old"), named("new", "app:1")],
        names: { "app:1": imageId("old") },
      },
    ],
    [
      "the name moved without an event before the push",
      {
        events: [push(1, "app:1")],
        images: [named("old"), named("new", "app:1")],
        names: { "app:1": imageId("old") },
      },
    ],
    [
      "the pull came when the images were listed already",
      { events: [pull(listedAt + 1, "app:1")], images: [named("old", "app:1")] },
    ],
    ["the name is gone", { events: [pull(1, "app:1")], images: [named("new"), named("other")] }],
  ])("is left open when %s", (_, scene) => {
    expect(seenInRegistry(scene)).toEqual([]);
  });
});
