import { describe, expect, it } from "vitest";
import type { ReplayResult } from "../../../../src/core/uses/replay.js";
import { withEarlier } from "../../../../src/core/uses/with-earlier.js";
import { imageId } from "../../../support/values.js";

const [app, tool] = [imageId("app"), imageId("tool")];

function replayed(fields: Partial<ReplayResult>): ReplayResult {
  return {
    uses: new Map(),
    firstUses: new Map(),
    containers: new Map(),
    names: { isKnown: true, moved: new Map() },
    inRegistry: new Set(),
    deleted: new Set(),
    ended: new Set(),
    vanishedNames: new Map(),
    ...fields,
  };
}

const usedAt = (at: number) => ({ at, kind: "tag", by: null }) as const;

describe("a replay with what came before it", () => {
  it("has the later use of each image, and all that was deleted", () => {
    const later = replayed({ uses: new Map([[app, usedAt(2)]]), deleted: new Set([imageId("new")]) });
    const earlier = replayed({
      uses: new Map([
        [app, usedAt(1)],
        [tool, usedAt(1)],
      ]),
      deleted: new Set([imageId("old")]),
    });
    const { uses, deleted } = withEarlier(later, earlier);
    expect([...uses]).toEqual([
      [app, usedAt(2)],
      [tool, usedAt(1)],
    ]);
    expect([...deleted]).toEqual([imageId("old"), imageId("new")]);
  });

  it("has no use of an image that was deleted since", () => {
    const earlier = replayed({ uses: new Map([[app, usedAt(1)]]) });
    expect(withEarlier(replayed({ deleted: new Set([app]) }), earlier).uses.size).toBe(0);
  });

  it("is the same where nothing came before", () => {
    const result = replayed({});
    expect(withEarlier(result, null)).toBe(result);
  });
});
