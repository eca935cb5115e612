import { expect, it } from "vitest";
import type { EngineSession } from "../../../../src/run/observe/list.js";
import { TakenNames } from "../../../../src/run/remove/name-restorer.js";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import { OwnTags } from "../../../../src/core/image/own-tags.js";
import { Failure } from "../../../../src/core/text/failure.js";
import { imageId } from "../../../support/values.js";

it("keeps a name open that was taken while the events were read, for the next reading", async () => {
  const [going, owner] = [imageId("going"), imageId("owner")];
  const moved: EngineEvent = {
    timeNano: 7_000_000n,
    type: "image",
    action: "tag",
    actorId: owner,
    attributes: { name: "second:1" },
  };
  const given: string[] = [];
  const session = {
    engine: {
      readEvents: async function* () {
        yield await Promise.resolve(moved);
      },
      inspectNames: (reference: string) =>
        Promise.resolve(
          reference === owner
            ? { kind: "found", value: { id: owner, tags: [], digests: [], usedBy: [] } }
            : { kind: "missing" },
        ),
      tag: (id: string, name: string) => Promise.resolve(void given.push(`${name} to ${id}`)),
    },
    description: { nowAtMost: () => 8 },
  } as unknown as EngineSession;
  const taken = new TakenNames(session, new OwnTags());
  taken.add({ name: "first:1", image: going, how: "with-image", since: 1 });
  const { moves } = taken;
  taken.add({ name: "second:1", image: going, how: "with-image", since: 1 });
  moves.see(moved);
  await taken.settle(moves);
  expect(given).toEqual([]);
  await taken.settle();
  expect(given).toEqual([`docker.io/library/second:1 to ${owner}`]);
});

it("gives a name back that could not be given back before, without being told of it again", async () => {
  const [going, owner] = [imageId("going"), imageId("owner")];
  const given: string[] = [];
  const refusals = [new Failure("engine", "The engine is busy.")];
  const session = {
    engine: {
      inspectNames: (reference: string) =>
        Promise.resolve(
          reference === owner
            ? { kind: "found", value: { id: owner, tags: [], digests: [], usedBy: [] } }
            : { kind: "missing" },
        ),
      tag: (id: string, name: string) => {
        const refusal = refusals.pop();
        if (refusal !== undefined) return Promise.reject(refusal);
        return Promise.resolve(void given.push(`${name} to ${id}`));
      },
    },
    description: { nowAtMost: () => 8 },
  } as unknown as EngineSession;
  const taken = new TakenNames(session, new OwnTags());
  taken.add({ name: "app:1", image: going, how: "with-image", since: 1 });
  const { moves } = taken;
  moves.see({
    timeNano: 7_000_000n,
    type: "image",
    action: "tag",
    actorId: owner,
    attributes: { name: "app:1" },
  });
  await taken.returnMoved(moves);
  expect(given).toEqual([]);
  await taken.returnMoved(taken.moves);
  expect(given).toEqual([`docker.io/library/app:1 to ${owner}`]);
});
