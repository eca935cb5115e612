import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../../src/core/uses/checkpoint.js";
import { holdersOf } from "../../../../src/core/uses/holders.js";
import { createListing } from "../../../../src/core/image/listing.js";
import { container, image, imageId } from "../../../support/values.js";

const now = imageId("now");
const before = imageId("before");
const images = [
  image("now", { tags: ["app:1"], digests: [`app@sha256:${"d".repeat(64)}`] }),
  image("before", { tags: ["app:0"] }),
  image("other", { tags: ["other:1"] }),
];
/** What the name stood for when the last run ended. */
const atCheckpoint = { ...emptyRecord, names: new Map([["docker.io/library/app:1", before]]) };

/** Who is held when something names an image with these words. */
function heldBy(words: string): Record<"mount" | "service", string[]> {
  const web = container("web", { name: "web", imageId: null, imageMounts: [words] });
  const mounts = holdersOf(createListing(images, [web], [], 0), atCheckpoint);
  const service = { name: "shop", images: [words] };
  const services = holdersOf(createListing(images, [], [service], 0), atCheckpoint);
  for (const holders of mounts.values()) expect(holders).toEqual(["mount:web"]);
  for (const holders of services.values()) expect(holders).toEqual(["service:shop"]);
  return { mount: [...mounts.keys()].sort(), service: [...services.keys()].sort() };
}

describe("an image is held", () => {
  it("by a container that was created from it, whatever its state and its name", () => {
    for (const state of ["created", "running", "paused", "restarting", "removing", "exited", "dead"]) {
      const web = container("web", { name: "web", imageId: now, state });
      const holders = holdersOf(createListing(images, [web], [], 0), emptyRecord);
      expect([...holders]).toEqual([[now, ["container:web"]]]);
    }
  });

  it.each<[string, string, string[]]>([
    ["a name, now and at the last run", "app:1", [now, before]],
    ["a name in full", "docker.io/library/app:1", [now, before]],
    ["a name that nobody has", "nobody:1", []],
    ["an ID", now, [now]],
    ["an ID that is not listed", imageId("gone"), [imageId("gone")]],
    ["the beginning of an ID", now.slice(7, 19), [now]],
    ["the beginning of an ID with its prefix", now.slice(0, 19), [now]],
    ["a digest", `app@sha256:${"d".repeat(64)}`, [now, imageIdOf("d")]],
    ["a tag and a digest, as Swarm does", `app:0@sha256:${"d".repeat(64)}`, [before, now, imageIdOf("d")]],
    ["a tag and a digest that is an ID, as in the containerd store", `app:0@${now}`, [before, now]],
  ])("by a mount and by a service that names it with %s", (_, words, expected) => {
    const sorted = expected.toSorted();
    expect(heldBy(words)).toEqual({ mount: sorted, service: sorted });
  });
});

function imageIdOf(digit: string): string {
  return `sha256:${digit.repeat(64)}`;
}
