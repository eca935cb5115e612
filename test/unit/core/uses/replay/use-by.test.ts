import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../../../src/core/uses/checkpoint.js";
import type { EngineEvent } from "../../../../../src/core/uses/event.js";
import { createListing } from "../../../../../src/core/image/listing.js";
import { Replay } from "../../../../../src/core/uses/replay.js";
import type { Use } from "../../../../../src/core/uses/use.js";
import { container, containerId, event, image, imageId } from "../../../../support/values.js";

const app = image("app");
const [web, nameless] = [containerId("web"), containerId("nameless")];

function useAfter(...events: readonly EngineEvent[]): Use | undefined {
  const listing = createListing([app], [container("nameless", { imageId: app.id })], [], 0);
  const replay = new Replay({ record: emptyRecord, listing, continuous: true });
  for (const each of events) replay.apply(each);
  return replay.finish().uses.get(app.id);
}

describe("a use tells who it was by", () => {
  it.each<[string, EngineEvent, string | null]>([
    ["a container", event(5, "container", "start", web, { image: "app:1", name: "web" }), "container:web"],
    [
      "a container without a name",
      event(5, "container", "die", nameless),
      `container:${nameless.slice(0, 12)}`,
    ],
    ["a tag", event(5, "image", "tag", app.id, { name: "app:2" }), "name:app:2"],
    ["a pull by Docker", event(5, "image", "pull", "app:1", { name: "app" }), "name:app:1"],
    [
      "a pull by Podman",
      event(5, "image", "pull", app.id, { name: "localhost/app:1" }),
      "name:localhost/app:1",
    ],
    ["a push", event(5, "image", "push", "app:1", { name: "app" }), "name:app:1"],
    ["a load, which says nothing", event(5, "image", "load", app.id, { name: app.id }), null],
  ])("%s", (_, happened, by) => {
    expect(useAfter(happened)).toMatchObject({ at: 5, by });
  });

  it("by the latest one", () => {
    const first = event(5, "container", "create", web, { image: "app:1", name: "web" });
    const second = event(6, "container", "create", containerId("job"), { image: "app:1", name: "job" });
    expect(useAfter(first, second)).toMatchObject({ by: "container:job" });
    expect(useAfter(second, first)).toMatchObject({ by: "container:job" });
  });

  it("leaves it open for an image that nobody used", () => {
    expect(useAfter(event(5, "image", "load", imageId("other")))).toBeUndefined();
  });
});
