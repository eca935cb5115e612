import { expect, it } from "vitest";
import { list, type EngineSession } from "../../../../src/run/observe/list.js";

it("is dated before anything is asked, and asks for those that may hold images once their answer begins", async () => {
  let time = 1000;
  const asked: string[] = [];
  const answers = (what: string) => (): Promise<never[]> => {
    asked.push(what);
    time += 1000;
    return Promise.resolve([]);
  };
  const session = {
    engine: {
      listImages: (onBegun: () => void) => {
        const images = answers("images")();
        onBegun();
        expect(asked).toEqual(["images", "containers"]);
        return images;
      },
      listContainers: answers("containers"),
      listServices: answers("services"),
    },
    description: { now: () => time, isSwarmManager: true },
  } as unknown as EngineSession;
  const { listedAt } = await list(session);
  expect(listedAt).toBe(1000);
  expect(asked).toEqual(["images", "containers", "services"]);
});
