import { describe, expect, it } from "vitest";
import { emptyRecord, type ImageRecord } from "../../../../src/core/uses/checkpoint.js";
import type { ContainerRecord } from "../../../../src/core/image/container-record.js";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import type { Container, ContainerId, Image, ImageId } from "../../../../src/core/image/image.js";
import { createListing } from "../../../../src/core/image/listing.js";
import { OwnTags } from "../../../../src/core/image/own-tags.js";
import { Replay, type ReplayResult } from "../../../../src/core/uses/replay.js";
import { container, containerId, createdFrom, event, image, imageId } from "../../../support/values.js";

const listedAt = 10_000;
const web = containerId("web");

interface Scene {
  readonly events: readonly EngineEvent[];
  /** As they are at the end; `app:1` and `other:1` unless given. */
  readonly images?: readonly Image[];
  readonly containers?: readonly Container[];
  readonly knownContainers?: ReadonlyMap<ContainerId, ContainerRecord>;
  /** What names stood for when the window began. */
  readonly names?: Readonly<Record<string, ImageId>>;
  /** Words of the images that were there when the window began. */
  readonly known?: readonly string[];
  readonly ownTags?: OwnTags;
  /** Whether a clock that was set back hides what happened last. */
  readonly end?: "hidden";
  readonly gone?: readonly ImageId[];
}

const both = [image("app"), image("other")];

const knownImage: ImageRecord = {
  firstSeenAt: 0,
  lastUsedAt: 0,
  lastUseKind: "first-seen",
  lastUseBy: null,
  observedMsAtLastUse: 0,
  awakeMsAtLastUse: 0,
  awakeMsAtFirstSight: 0,
  inRegistry: false,
  wasTagged: true,
  names: "",
  lastTags: "",
  manifests: "",
};

function replayed(scene: Scene): ReplayResult {
  const { events, images = both, containers = [], knownContainers = new Map() } = scene;
  const { names = {}, known = [], ownTags, end, gone = [] } = scene;
  const record = {
    ...emptyRecord,
    names: canonical(names),
    containers: knownContainers,
    images: new Map(known.map((word) => [imageId(word), knownImage])),
  };
  const listing = createListing(images, containers, [], listedAt);
  const replay = new Replay({ record, listing, continuous: true, gone, ...(ownTags && { ownTags }) });
  for (const each of events) replay.apply(each);
  return replay.finish(end);
}

function canonical(names: Readonly<Record<string, ImageId>>): ReadonlyMap<string, ImageId> {
  return new Map(Object.entries(names).map(([name, id]) => [`docker.io/library/${name}`, id]));
}

/** When each image was last used. */
function usedAt(scene: Scene): Readonly<Record<string, number>> {
  const words = new Map(["app", "other", "old", "new"].map((word) => [imageId(word), word]));
  return Object.fromEntries([...replayed(scene).uses].map(([id, { at }]) => [words.get(id) ?? id, at]));
}

const container1 = (at: number, action: string, attributes: Readonly<Record<string, string>> = {}) =>
  event(at, "container", action, web, { image: "app:1", ...attributes });
const tag = (at: number, word: string, name: string) => event(at, "image", "tag", imageId(word), { name });

describe("an event of a container", () => {
  it.each(["create", "start", "restart", "commit", "die", "destroy", "remove"])(
    "is a use of its image: %s",
    (action) => {
      expect(usedAt({ events: [container1(5, action)] })).toEqual({ app: 5 });
    },
  );

  it.each(["exec_start", "health_status: healthy", "attach", "top", "constructor", "toString"])(
    "is none: %s",
    (action) => {
      expect(usedAt({ events: [container1(5, action)] })).toEqual({});
    },
  );

  it("is one of the image that a commit makes, too", () => {
    const events = [container1(5, "commit", { imageID: imageId("other") })];
    expect(usedAt({ events })).toEqual({ app: 5, other: 5 });
  });

  it.each<[string, Partial<Scene>]>([
    ["the ledger", { knownContainers: new Map([[web, createdFrom("old")]]) }],
    ["the listing", { containers: [container("web", { imageId: imageId("old") })] }],
  ])("is about the image that %s has, whoever has the name", (_, scene) => {
    const names = { "app:1": imageId("app") };
    expect(usedAt({ events: [container1(5, "die")], names, ...scene })).toEqual({ old: 5 });
  });

  it.each<[string, string]>([
    ["a name that nobody knew the meaning of", "app:1"],
    ["the beginning of an ID", imageId("new").slice(7, 19)],
  ])("may be about what came while the last listing was made, where it was created by %s", (_, typed) => {
    const scene = {
      images: [image("old", { tags: [] }), image("new")],
      known: ["old"],
      knownContainers: new Map([[web, createdFrom("old")]]),
    };
    const events = [container1(5, "die", { image: typed })];
    expect(usedAt({ events, ...scene })).toEqual({ old: 5, new: 5 });
  });

  it("is about the image that the name stood for when the container was created", () => {
    const events = [container1(1, "create"), tag(2, "new", "app:1"), container1(3, "die")];
    const images = [image("old", { tags: [] }), image("new", { tags: ["app:1"] })];
    expect(usedAt({ events, images, names: { "app:1": imageId("old") } })).toEqual({ old: 3, new: 2 });
  });
});

describe("an event of a container whose creation nobody saw is about", () => {
  const die = (at: number) => container1(at, "die");
  const names = { "app:1": imageId("old") };
  const nameless = image("old", { tags: [] });
  const holder = image("new", { tags: ["app:1"] });

  it("what the name stood for at the checkpoint, and what it stands for now", () => {
    const events = [tag(2, "new", "app:1"), die(5)];
    expect(usedAt({ events, images: [nameless, holder], names })).toEqual({ old: 5, new: 5 });
  });

  it("all that the name has stood for in between", () => {
    const events = [tag(2, "other", "app:1"), tag(3, "new", "app:1"), die(5)];
    const images = [nameless, image("other"), holder];
    expect(usedAt({ events, images, names })).toEqual({ old: 5, other: 5, new: 5 });
  });

  it("what a pull has taken the name from", () => {
    const events = [event(2, "image", "pull", "app:1", { name: "app" }), die(5)];
    expect(usedAt({ events, images: [nameless, holder], names })).toEqual({ old: 5, new: 5 });
  });

  it("the same later on, whatever the name has come to mean", () => {
    const events = [container1(1, "start"), tag(2, "new", "app:1"), die(5)];
    expect(usedAt({ events, images: [nameless, holder], names })).toMatchObject({ old: 5 });
  });

  it("what its ID says, if that is how it was created", () => {
    const events = [container1(5, "die", { image: imageId("other") })];
    expect(usedAt({ events, images: [...both, nameless], names })).toEqual({ other: 5 });
  });
});

describe("a name that moves", () => {
  const pulled = image("new", { tags: ["app:1"], digests: [`app@sha256:${"1".repeat(64)}`] });
  const images = [image("old", { tags: [] }), pulled, image("other")];
  const names = { "app:1": imageId("old") };
  const create = (at: number, word: string) =>
    event(at, "container", "create", containerId(word), { image: "app:1" });

  it("by a pull, which does not say what it brought, is no use of the image before", () => {
    const events = [create(1, "first"), event(2, "image", "pull", "app:1", { name: "app" })];
    expect(usedAt({ events, images, names })).toEqual({ old: 1, new: 2 });
  });

  it("without an event after a pull that brought nothing new may be used as either: no digest says that it was pulled", () => {
    const built = images.map((each) => (each === pulled ? { ...each, digests: [] } : each));
    const events = [event(2, "image", "pull", "app:1", { name: "app" }), create(3, "first")];
    expect(usedAt({ events, images: built, names })).toEqual({ old: 3, new: 3 });
  });

  it("by a pull, where another one may be hidden behind it, may be used as either", () => {
    const events = [event(2, "image", "pull", "app:1", { name: "app" })];
    expect(usedAt({ events, images, names, known: ["old", "other"], end: "hidden" })).toEqual({
      old: 2,
      new: 2,
    });
  });

  it("by a pull of Podman, which says it, is used as what it brought", () => {
    const pull = event(2, "image", "pull", imageId("new"), { name: "app:1" });
    const events = [create(1, "first"), pull, create(3, "second"), tag(4, "other", "app:1")];
    expect(usedAt({ events, images, names })).toEqual({ old: 1, new: 3, other: 4 });
  });

  it("by a load, perhaps, may be used as either", () => {
    const events = [event(1, "image", "load", imageId("new")), create(2, "first"), tag(3, "other", "app:1")];
    expect(usedAt({ events, images, names })).toEqual({ old: 2, new: 2, other: 3 });
  });

  it("and that nobody was seen to hold may be used as any image that has none", () => {
    const events = [event(5, "container", "create", web, { image: "gone:1" })];
    const nameless = ["app", "other"].map((word) => image(word, { tags: [] }));
    expect(usedAt({ events, images: nameless, names: { "zoo:1": imageId("old") } })).toEqual({
      app: 5,
      other: 5,
    });
  });
});

describe("an image is known by", () => {
  const cafe = `sha256:cafe${"0".repeat(60)}` as ImageId;
  const second = `sha256:cafe${"1".repeat(60)}` as ImageId;
  const create = (typed: string) => ({ events: [container1(5, "create", { image: typed })] });

  it.each([
    ["its ID", cafe],
    ["its ID without the algorithm", cafe.slice("sha256:".length)],
    ["the beginning of its ID", "cafe0"],
    ["the beginning of its ID with the algorithm", "sha256:cafe0"],
    ["its ID as a digest", `any/name@${cafe}`],
  ])("%s", (_, typed) => {
    const images = [...both, { ...image("x"), id: cafe }, { ...image("y"), id: second }];
    expect(usedAt({ ...create(typed), images })).toEqual({ [cafe]: 5 });
  });

  it("a beginning that two share: both were used, for all one knows", () => {
    const images = [...both, { ...image("x"), id: cafe }, { ...image("y"), id: second }];
    expect(usedAt({ ...create("cafe"), images })).toEqual({ [cafe]: 5, [second]: 5 });
  });

  it("its name, also where that looks like the beginning of another one's ID", () => {
    const images = [image("app", { tags: ["cafe:latest"] }), { ...image("x"), id: cafe }];
    expect(usedAt({ ...create("cafe"), images })).toEqual({ app: 5 });
  });

  it("its tag, where Swarm wrote a digest as well that is gone", () => {
    expect(usedAt(create(`app:1@sha256:${"d".repeat(64)}`))).toEqual({ app: 5 });
  });

  it("a digest of the registry, which is no ID", () => {
    const digest = `app@sha256:${"d".repeat(64)}`;
    const images = [image("app", { digests: [digest] }), image("other")];
    expect(usedAt({ ...create(digest), images })).toEqual({ app: 5 });
  });
});

describe("an event of an image is a use", () => {
  const [app, noName] = [imageId("app"), ""];
  it.each<[string, EngineEvent]>([
    ["a tag", tag(5, "app", "app:1")],
    ["a pull", event(5, "image", "pull", "app:1", { name: "app" })],
    ["a pull by Podman", event(5, "image", "pull", app, { name: "app:1" })],
    ["a push", event(5, "image", "push", "app:1", { name: "app" })],
    ["a load", event(5, "image", "load", app)],
    ["a load by Podman", event(5, "image", "loadfromarchive", app)],
    ["an import", event(5, "image", "import", app)],
    ["a build", event(5, "image", "create", app)],
    ["a build by Podman, which has the ID as its name", event(5, "image", "build", noName, { name: app })],
  ])("%s", (_, happened) => {
    expect(usedAt({ events: [happened] })).toEqual({ app: 5 });
  });

  it.each(["untag", "save", "delete", "mount", "constructor"])("but not %s", (action) => {
    expect(usedAt({ events: [event(5, "image", action, app)] })).toEqual({});
  });
});

describe("a transfer of a whole repository, which names no tag,", () => {
  const images = [
    image("app", { tags: ["app:1", "app:2"] }),
    image("new", { tags: ["app:latest"] }),
    image("other"),
  ];

  it.each(["pull", "push"])("is a use of all its tags: %s", (action) => {
    const events = [event(5, "image", action, "app", { name: "app" })];
    expect(usedAt({ events, images })).toEqual({ app: 5, new: 5 });
    expect(replayed({ events, images }).inRegistry).toEqual(new Set());
  });

  it("is one of a new image that has lost its tag since", () => {
    const digests = [`app@sha256:${"d".repeat(64)}`];
    const events = [event(5, "image", "pull", "app", { name: "app" })];
    expect(usedAt({ events, images: [image("old", { tags: [], digests })] })).toEqual({ old: 5 });
  });

  it("and which may have moved them, is no use of what they stood for before", () => {
    const create = event(1, "container", "create", containerId("first"), { image: "app:2" });
    const events = [create, event(5, "image", "pull", "app", { name: "app" })];
    const names = { "app:2": imageId("old") };
    const pulled = images.map((each) => ({ ...each, digests: [`app@sha256:${"e".repeat(64)}`] }));
    expect(usedAt({ events, images: pulled, names })).toMatchObject({ old: 1, app: 5, new: 5 });
  });
});

describe("that an image was deleted", () => {
  const app = imageId("app");

  it("is known from Docker", () => {
    const events = [event(5, "image", "delete", app, { name: app })];
    expect(replayed({ events }).deleted).toEqual(new Set([app]));
  });

  it("ends all uses that were seen, but those of one that an event shows to be there again", () => {
    const [made, gone] = [event(4, "image", "create", app), event(5, "image", "delete", app, { name: app })];
    const byName = event(6, "image", "pull", "app:1", { name: "app" });
    expect(usedAt({ events: [made, gone, byName] })).toEqual({});
    expect(usedAt({ events: [made, gone, event(7, "image", "load", app)] })).toEqual({ app: 7 });
  });

  it("before the window leaves it no use by a name that may have been its own", () => {
    const images = [image("old", { tags: [] }), image("app")];
    const events = [event(5, "container", "create", web, { image: "gone:1" })];
    expect(usedAt({ events, images, gone: [imageId("old")] })).toEqual({ app: 5 });
  });

  it("is not from Podman, which says so of images that stay", () => {
    const events = [event(5, "image", "delete", app.slice("sha256:".length), { name: app })];
    expect(replayed({ events }).deleted).toEqual(new Set());
  });
});

describe("a name that this run gave back", () => {
  const own = new OwnTags();
  own.note("app:1", imageId("app"));
  it.each<[string, readonly EngineEvent[], Readonly<Record<string, number>>]>([
    ["is no use", [tag(5, "app", "app:1")], {}],
    [
      "is one the second time: that was somebody else",
      [tag(5, "app", "app:1"), tag(6, "app", "app:1")],
      { app: 6 },
    ],
    ["is one for another image", [tag(5, "other", "app:1")], { other: 5 }],
    ["is one of another name", [tag(5, "app", "app:2")], { app: 5 }],
  ])("%s", (_, events, used) => {
    expect(usedAt({ events, ownTags: own })).toEqual(used);
  });
});

describe("the later of two uses counts, in whatever order the events come", () => {
  it.each([
    ["by name", "app:1"],
    ["by ID", imageId("app")],
  ])("%s", (_, typed) => {
    const [early, late] = [5, 9].map((at) => container1(at, "start", { image: typed }));
    if (early === undefined || late === undefined) throw new Error("two were made");
    expect(usedAt({ events: [early, late] })).toEqual({ app: 9 });
    expect(usedAt({ events: [late, early] })).toEqual({ app: 9 });
  });
});

describe("the containers at the end", () => {
  const containersAfter = (scene: Scene) => [...replayed(scene).containers];

  it("are those of the listing", () => {
    const containers = [container("web", { imageId: imageId("app") })];
    expect(containersAfter({ events: [], containers })).toEqual([[web, createdFrom("app")]]);
  });

  it("are those of the listing where an event seems to know better", () => {
    const containers = [container("web", { imageId: imageId("app") })];
    const events = [event(5, "container", "start", containerId("job"), { image: "other:1" })];
    expect(containersAfter({ events, containers })).toEqual([
      [web, createdFrom("app")],
      [containerId("job"), createdFrom("other")],
    ]);
  });

  it("are by the listing that came last, which says what an event left to a name", () => {
    const [early, late] = [[], [container("web", { imageId: imageId("old") })]].map((containers) =>
      createListing(both, containers, [], listedAt),
    );
    if (early === undefined || late === undefined) throw new Error("two were made");
    const replay = new Replay({ record: emptyRecord, listing: early, continuous: true });
    replay.apply(container1(5, "create"));
    replay.relist(late);
    expect([...replay.finish().containers]).toEqual([[web, { ...createdFrom("old"), typedName: "app:1" }]]);
  });

  it("have not those that ended", () => {
    expect(containersAfter({ events: [container1(5, "create"), container1(6, "destroy")] })).toEqual([]);
    expect(containersAfter({ events: [container1(5, "create"), container1(6, "remove")] })).toEqual([]);
  });

  it("are of all images that are possible, where that is in doubt", () => {
    // Which image the pull brought is not told, and the name is gone again.
    const events = [event(4, "image", "pull", "gone:1"), container1(5, "create", { image: "gone:1" })];
    const images = [image("app", { tags: [] }), image("other", { tags: [] })];
    const container = { ...createdFrom("app"), images: [imageId("app"), imageId("other")] };
    expect(containersAfter({ events, images })).toEqual([[web, container]]);
  });

  it("are one by one certain again once they are listed", () => {
    const knownContainers = new Map([
      [web, { ...createdFrom("app"), images: [imageId("app"), imageId("other")] }],
    ]);
    const events = [container1(5, "start")];
    expect(usedAt({ events, knownContainers })).toEqual({ app: 5, other: 5 });
    const containers = [container("web", { imageId: imageId("app") })];
    expect(usedAt({ events, knownContainers, containers })).toEqual({ app: 5 });
  });
});
