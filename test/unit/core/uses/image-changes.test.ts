import { describe, expect, it } from "vitest";
import { ImageChanges } from "../../../../src/core/uses/image-changes.js";
import { event, imageId } from "../../../support/values.js";

type Happening = readonly [action: string, subject: string, name?: string];

const app = imageId("app");

/** After events of images, in this order. */
function after(...happenings: readonly Happening[]): ImageChanges {
  const changes = new ImageChanges();
  for (const [action, subject, name] of happenings)
    changes.note(event(0, "image", action, subject, name === undefined ? {} : { name }));
  return changes;
}

describe("what has changed", () => {
  it.each<[string, readonly Happening[]]>([
    ["an action that nobody knows", [["squash", app]]],
    ["an image that is named by no ID", [["delete", "app:1"]]],
    ["a tag whose name it leaves out", [["tag", app]]],
    ["a pull of what is no reference", [["pull", "App:1"]]],
    [
      "that an image which was loaded has lost a name",
      [
        ["load", app],
        ["untag", app],
      ],
    ],
  ])("is not clear from %s", (_, happenings) => {
    expect(after(...happenings).isClear).toBe(false);
  });

  it("is clear from a name that an image is given, which another one may have had", () => {
    const changes = after(["tag", app, "app:1"]);
    expect(changes).toMatchObject({ isClear: true, count: 1 });
    expect([changes.images, changes.moved]).toEqual([new Set([app]), new Set(["docker.io/library/app:1"])]);
  });

  it.each([["pull"], ["push"]])("is in a whole repository where a %s names no tag", (action) => {
    const changes = after([action, "team/app"]);
    expect(changes).toMatchObject({ isClear: true, repositories: new Set(["team/app"]) });
    expect(changes.references.size).toBe(0);
  });

  it("is in the repository of a name that was pulled and has moved on since", () => {
    const changes = after(["pull", "team/app:1"], ["tag", app, "team/app:1"]);
    expect(changes.repositories).toEqual(new Set(["team/app"]));
  });

  it("is nothing of an image that is only saved", () => {
    expect(after(["save", app]).count).toBe(0);
  });

  it("leaves an image that was deleted and is named again to be looked at", () => {
    const changes = after(["delete", app], ["tag", app, "app:1"]);
    expect([changes.images, changes.deleted]).toEqual([new Set([app]), new Set()]);
  });
});
