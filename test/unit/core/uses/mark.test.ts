import { describe, expect, it } from "vitest";
import type { Image } from "../../../../src/core/image/image.js";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import { MadeSince, wasThere, type Mark } from "../../../../src/core/uses/mark.js";
import { event, image, imageId } from "../../../support/values.js";

const id = imageId("app");
const app = image("app", { tags: ["ci/app:1"], digests: [`ci/app@${id}`] });
const created = event(2, "image", "create", id, { name: id });
const tagged = event(3, "image", "tag", id, { name: "ci/app:1" });
const pulled = event(3, "image", "pull", "ci/app:1", { name: "ci/app" });
const deleted = event(4, "image", "delete", id, { name: id });
const begin = event(1, "container", "start", "begin");
const anchor = { timeNano: begin.timeNano, type: "container", action: "start", actorId: "begin" };

const cases: readonly [string, readonly EngineEvent[], boolean][] = [
  ["created", [begin, created], true],
  ["created, though its name was pulled before", [begin, pulled, created, tagged], true],
  ["imported", [begin, event(2, "image", "import", id)], true],
  ["loaded", [begin, event(2, "image", "load", id)], true],
  [
    "built by Podman, which tells its ID as a name",
    [begin, event(2, "image", "build", "", { name: id })],
    true,
  ],
  ["committed", [begin, event(2, "container", "commit", "c", { imageID: id })], true],
  ["tagged, by an engine that does not tell more of a build", [begin, tagged], true],
  ["tagged after a pull of its repository", [begin, pulled, tagged], false],
  ["pulled", [begin, pulled], false],
  ["created, deleted and there again", [begin, created, deleted], false],
  ["created before the mark", [created, begin], false],
  ["tagged, but what came before is forgotten", [tagged], false],
  ["created, also where what came before is forgotten", [created], true],
];

it.each(cases)("an image that was %s", (_, events, isMadeHere) => {
  const made = new MadeSince({ anchor });
  for (const each of events) made.push(each);
  expect(made.isMadeHere(app, 256)).toBe(isMadeHere);
});

describe("a mark of an engine that remembered no event", () => {
  const made = new MadeSince({ anchor: null });
  made.push(tagged);

  it("knows all that came as long as the buffer is not full", () => {
    expect(made.isMadeHere(app, 256)).toBe(true);
    expect(made.isMadeHere(app, 1)).toBe(false);
    expect(made.isMadeHere(app, null)).toBe(true);
  });
});

it.each<[string, Partial<Image>, boolean]>([
  ["by its ID", {}, true],
  ["by a manifest that has another ID now", { id: imageId("again"), manifests: [imageId("manifest")] }, true],
  ["not at all", { id: imageId("new"), manifests: [imageId("other")] }, false],
  ["not at all, as far as is told", { id: imageId("new"), manifests: null }, false],
])("an image was there at the mark: %s", (_, fields, expected) => {
  const mark: Mark = {
    engine: "e",
    at: 0,
    anchor: null,
    images: new Set([id]),
    manifests: new Set([imageId("manifest")]),
  };
  expect(wasThere(mark, { ...app, ...fields })).toBe(expected);
});
