import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const build = fileURLToPath(new URL("../test/support/build.ts", import.meta.url));

/** In this order: what waits most for engines and other programs begins first, so that nobody waits for it at the end. */
const rooms = ["real", "practice-engine", "torture", "repository", "program", "property", "bench", "unit"];

/** Two projects, and not one for each room: each loads and transforms all that it tests once more. */
const projects = [
  { name: "built", rooms: rooms.slice(0, 5), globalSetup: [build] },
  { name: "source", rooms: rooms.slice(5), globalSetup: [] },
];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      rooms.findIndex((room) => moduleId.includes(`/test/${room}/`));
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    root: ".",
    // Much of the time a test waits: for an engine, a program or a clock.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: WaitingFirst },
    // Values, files of a test's own, sockets and programs: nothing of it outlives a test, and to load everything once more for
    // each file would take a third of the time of all tests.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The machine's engine and its settings must not leak into the tests.
    env: { DOCKER_HOST: "", TZ: "UTC" },
    projects: projects.map(({ name, rooms, globalSetup }) => ({
      extends: true as const,
      test: { name, include: rooms.map((room) => `test/${room}/**/*.test.ts`), globalSetup },
    })),
  },
});
