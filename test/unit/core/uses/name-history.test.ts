import { describe, expect, it } from "vitest";
import type { Image } from "../../../../src/core/image/image.js";
import { createListing } from "../../../../src/core/image/listing.js";
import { NameHistory } from "../../../../src/core/uses/name-history.js";
import { namesTextOf } from "../../../../src/core/image/name-index.js";
import { image, imageId } from "../../../support/values.js";

const listedAt = 10_000;
const [app, zoo] = ["docker.io/library/app:1", "docker.io/library/zoo:1"];

interface Scene {
  /** What `app:1` and other names stood for when the window began. */
  readonly names?: Readonly<Record<string, string>>;
  /** The words of the images that were there when the window began; all but `newcomer` unless given. */
  readonly atStart?: readonly string[];
  /** The names of these at the start, by word; those of the listing unless given. */
  readonly namesAtStart?: Readonly<Record<string, string>>;
  readonly continuous?: boolean;
  /** As they are at the end. */
  readonly images?: readonly Image[];
}

/** One of each kind that may have lost a name, and one, `far`, which may not. */
const kinds = [
  image("far", { tags: ["zoo:1"] }),
  image("nameless", { tags: [] }),
  image("sibling", { tags: ["app:2"] }),
  image("newcomer", { tags: ["nest:1"] }),
];
const losers = ["nameless", "newcomer", "sibling"];

function historyOf({
  names = { [zoo]: "far" },
  atStart,
  namesAtStart,
  continuous = true,
  images = kinds,
}: Scene) {
  const listed = new Map(images.map(({ id, tags }) => [wordOf(id), tags.join("\n")]));
  const old = atStart ?? images.map(({ id }) => wordOf(id)).filter((word) => word !== "newcomer");
  return new NameHistory({
    atStart: {
      names: new Map(Object.entries(names).map(([name, word]) => [name, imageId(word)])),
      images: new Map(
        old.map((word) => [imageId(word), { names: namesAtStart?.[word] ?? listed.get(word) ?? "" }]),
      ),
    },
    continuous,
    listing: createListing(images, [], [], listedAt),
    onSettled: () => undefined,
  });
}

const words = ["far", "nameless", "sibling", "newcomer", "late", "old", "new", "a", "b"];

function wordOf(id: string): string {
  return words.find((word) => imageId(word) === id) ?? id;
}

/** Each once, by the alphabet. */
function wordsOf(ids: readonly string[] | null): readonly string[] {
  return [...new Set((ids ?? []).map(wordOf))].sort();
}

/** The images that `app:1` may have meant when it was used after `before`; it moves on after `later`. */
function meant(
  scene: Scene,
  before: (history: NameHistory) => void = () => undefined,
  later: (history: NameHistory) => void = () => undefined,
): readonly string[] {
  const history = historyOf(scene);
  before(history);
  const binding = history.bind(app);
  later(history);
  history.finish();
  return wordsOf(binding.candidates);
}

const load = (word: string) => (history: NameHistory) => history.load(imageId(word), 1);
const tag = (word: string) => (history: NameHistory) => history.move(app, imageId(word), 2);
const inTurn =
  (...deeds: readonly ((history: NameHistory) => void)[]) =>
  (history: NameHistory) =>
    deeds.forEach((deed) => deed(history));

describe("a name that was used meant", () => {
  const known = { names: { [app]: "old", [zoo]: "far" } };

  it("what it stood for at the start, where it moved only later", () => {
    expect(meant(known, undefined, tag("new"))).toEqual(["old"]);
  });

  it("also what a load before the use brought, and not what one after it did", () => {
    expect(meant(known, load("a"), inTurn(load("b"), tag("new")))).toEqual(["a", "old"]);
  });

  it("more after a load than before it, though it was used before too", () => {
    const use = (history: NameHistory) => void history.bind(app);
    expect(meant(known, inTurn(use, load("a")), tag("new"))).toEqual(["a", "old"]);
  });

  it("nothing of a load before it was given to an image", () => {
    expect(meant(known, inTurn(load("a"), tag("b")), tag("new"))).toEqual(["b"]);
  });

  it("after a pull what it had meant, or anything that may have lost it", () => {
    const pulled = { names: { [app]: "far", [zoo]: "far" } };
    const pull = (history: NameHistory) => history.moveSomewhere(app, 1);
    expect(meant(pulled, pull, tag("new"))).toEqual(["far", ...losers]);
  });

  it("after a gap what it had meant, or anything that may have lost it", () => {
    expect(meant({ ...known, continuous: false }, undefined, tag("new"))).toEqual(["old", ...losers].sort());
  });
});

describe("a name that nobody was seen to hold meant", () => {
  it("an image without a name, of its repository, or a new one", () => {
    expect(meant({})).toEqual(losers);
    expect(meant({ continuous: false })).toEqual(losers);
  });

  it("one that was given a name meanwhile", () => {
    expect(meant({}, (history) => history.move(zoo, imageId("far"), 1))).toEqual(["far", ...losers]);
  });

  it("one that lost a name meanwhile", () => {
    expect(meant({}, (history) => history.untag(imageId("far")))).toEqual(["far", ...losers]);
  });

  it("what was loaded, or was not listed yet when the window began, where nothing was missed", () => {
    expect(meant({}, load("a"))).toEqual(["a", "newcomer"]);
    expect(meant({ continuous: false }, load("a"))).toEqual(["a", ...losers]);
  });

  it("anything, where no name was known when the window began, and images were", () => {
    const all = ["far", ...losers];
    expect(meant({ names: {} })).toEqual(all);
    expect(meant({ names: {} }, load("a"))).toEqual(["a", ...all]);
  });

  it("what it was listed for when the window began, or anything that may have lost it, where that was in doubt", () => {
    const inDoubt = { namesAtStart: { far: "?app:1\nzoo:1" } };
    expect(meant(inDoubt, undefined, tag("new"))).toEqual(["far", ...losers]);
    expect(meant({ ...inDoubt, names: {} })).toEqual(["far", ...losers]);
  });

  it("what a newer listing says", () => {
    const history = historyOf({ atStart: ["far", "nameless", "sibling", "old"] });
    history.bind(app);
    // That settles the use, so the first listing has been looked at.
    history.move(app, imageId("far"), 1);
    const listed = [image("late", { tags: ["nest:2"] }), image("old", { tags: ["other:2"] })];
    history.relist(createListing(listed, [], [], listedAt));
    const binding = history.bind("docker.io/library/other:1");
    history.finish();
    expect(wordsOf(binding.candidates)).toEqual(["far", "late", "old"]);
  });
});

describe("a name ever stood for", () => {
  const ever = (scene: Scene, before: (history: NameHistory) => void = () => undefined) => {
    const history = historyOf(scene);
    before(history);
    return wordsOf([...history.everHeld(app)]);
  };
  const old = { names: { [app]: "old" }, atStart: ["far", "nameless", "sibling", "newcomer", "old"] };

  it("what it stood for at the checkpoint, and all that it was given to", () => {
    expect(ever(old)).toEqual(["old"]);
    expect(ever(old, inTurn(tag("a"), tag("b")))).toEqual(["a", "b", "old"]);
  });

  it("perhaps what was loaded, and what has gained or lost a name in the events", () => {
    expect(ever(old, load("a"))).toEqual(["a", "old"]);
    expect(ever(old, (history) => history.untag(imageId("far")))).toEqual(["far", "old"]);
  });

  it("perhaps what is new, and what has other names than at the checkpoint", () => {
    expect(ever({})).toEqual(["newcomer"]);
    expect(ever({ ...old, namesAtStart: { far: "zoo:1\napp:1" } })).toEqual(["far", "old"]);
    expect(ever({ ...old, namesAtStart: { nameless: "docker.io/library/gone:1" } })).toEqual([
      "nameless",
      "old",
    ]);
    expect(ever({ ...old, namesAtStart: { far: "docker.io/library/zoo:1" } })).toEqual(["old"]);
  });

  it("perhaps what was listed by it, or may have lost it, where that was in doubt at the checkpoint", () => {
    const inDoubt = { names: { [zoo]: "far" }, atStart: ["far", "nameless", "sibling"] };
    expect(ever({ ...inDoubt, namesAtStart: { far: "?app:1\nzoo:1" } })).toEqual(["far", ...losers]);
  });

  it("perhaps anything, where all names were in doubt at the checkpoint", () => {
    expect(ever({ names: {}, namesAtStart: { far: "?zoo:1" } })).toEqual(["far", ...losers]);
  });

  it("perhaps what has no tag or is of its repository, where nothing is known from before", () => {
    expect(ever({ names: {}, atStart: [] })).toEqual(["nameless", "sibling"]);
  });
});

describe("the tags of a repository", () => {
  it("are all that were known at any time, and no digests", () => {
    const images = [image("a", { tags: ["app:1"], digests: [`app@${imageId("x")}`] }), image("b")];
    const history = historyOf({ images, namesAtStart: { b: "?app:2\nlibrary/app:1\nzoo:1" } });
    history.move("docker.io/library/app:3", imageId("b"), 1);
    history.bind("docker.io/library/app:4");
    const tags = [1, 2, 3, 4].map((number) => `docker.io/library/app:${number}`);
    expect([...history.tagsOf("docker.io/library/app")].sort()).toEqual(tags);
  });
});

describe("a name is known", () => {
  it("from the start, in doubt or not, from the listing, or from an event", () => {
    const history = historyOf({
      names: { [app]: "old" },
      images: [image("far", { tags: ["zoo:1"] })],
      namesAtStart: { far: "?cove:1" },
    });
    history.moveSomewhere("docker.io/library/nest:1", 1);
    const names = [app, zoo, "docker.io/library/nest:1", "docker.io/library/cove:1"];
    expect(names.map((name) => history.isKnown(name))).toEqual([true, true, true, true]);
    expect(history.isKnown("docker.io/library/cave:1")).toBe(false);
  });
});

describe("the names for the next run", () => {
  const images = [image("old", { tags: ["app:1"] }), image("new", { tags: [] })];
  const listed = { old: ["app:1"], new: [] };
  const inDoubt = { old: ["?app:1"], new: [] };
  const within = listedAt - 40;
  const before = listedAt - 60;

  it.each<[string, (history: NameHistory) => void, unknown]>([
    ["are those of the listing", () => undefined, listed],
    [
      "are those of the listing, which has what moved before it was made",
      (history) => history.move(app, imageId("new"), before),
      listed,
    ],
    [
      "are by the tag that came while it was made",
      (history) => history.move(app, imageId("new"), within),
      { old: [], new: [app] },
    ],
    [
      "leave out one that went to an image that is not listed",
      (history) => history.move(app, imageId("later"), within),
      { old: [], new: [] },
    ],
    ["have one in doubt that was pulled meanwhile", (history) => history.moveSomewhere(app, within), inDoubt],
    ["have one that was pulled before", (history) => history.moveSomewhere(app, before), listed],
    ["are all in doubt after a load meanwhile", (history) => history.load(imageId("new"), within), inDoubt],
    ["have what was loaded before", (history) => history.load(imageId("new"), before), listed],
  ])("%s", (_, happens, expected) => {
    const history = historyOf({ images, names: { [app]: "old" } });
    happens(history);
    history.finish();
    const namesOf = namesTextOf(history.namesAtEnd());
    const named = images.map((each) => [wordOf(each.id), namesOf(each).split("\n").filter(Boolean)]);
    expect(Object.fromEntries(named)).toEqual(expected);
  });
});
