import { describe, expect, it } from "vitest";
import { EventReader } from "../../../../src/run/remove/event-reader.js";
import { NameMoves } from "../../../../src/run/remove/name-restorer.js";
import { Failure } from "../../../../src/core/text/failure.js";
import { event, imageId } from "../../../support/values.js";

interface Scene {
  readonly longestMs?: number;
  readonly drain?: () => Promise<void>;
  readonly moves?: NameMoves;
}

function sceneOfReader({ longestMs = 0, drain, moves = new NameMoves([]) }: Scene = {}) {
  let [time, readings] = [0, 0];
  const reader = new EventReader({
    watch: {
      drainNews: () => {
        readings += 1;
        return drain?.() ?? Promise.resolve();
      },
    },
    taken: { moves, returnMoved: () => Promise.resolve() },
    holders: { see: () => undefined },
    now: () => time,
    longestMs,
  });
  return { reader, readings: () => readings, pass: (milliseconds: number) => (time += milliseconds) };
}

describe("the events during removals", () => {
  it("are read directly before each of them", async () => {
    const { reader, readings } = sceneOfReader();
    for (const expected of [1, 2, 3]) {
      await reader.beforeRemoval();
      expect(readings()).toBe(expected);
    }
  });

  it("are read before the first, and then as often as a log allows", async () => {
    const { reader, readings, pass } = sceneOfReader({ longestMs: 1000 });
    for (const [passed, expected] of [
      [0, 1],
      [999, 1],
      [1, 2],
      [999, 2],
    ] as const) {
      pass(passed);
      await reader.beforeRemoval();
      expect(readings()).toBe(expected);
    }
  });

  it("are read once more where names had to be given back in between", async () => {
    const taken = { name: "app:1", image: imageId("app"), how: "alone", since: 0 } as const;
    const moves = new NameMoves([taken]);
    moves.see(event(1, "image", "tag", imageId("other"), { name: "app:1" }));
    const { reader, readings } = sceneOfReader({ moves });
    await reader.beforeRemoval();
    expect(readings()).toBe(2);
  });

  it("fail where they are waited for", async () => {
    const failure = new Failure("engine", "The engine broke off.");
    const { reader } = sceneOfReader({ drain: () => Promise.reject(failure) });
    await expect(reader.beforeRemoval()).rejects.toBe(failure);
  });
});
