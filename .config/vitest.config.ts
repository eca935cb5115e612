import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const build = fileURLToPath(new URL("../test/support/build.ts", import.meta.url));

/** In this order: what waits most for engines and other programs begins first, so that nobody waits for it at the end. */
const projects = [
  {
    name: "real",
    include: ["test/real/**/*.test.ts", "test/practice-engine/**/*.test.ts"],
    globalSetup: [build],
  },
  { name: "torture", include: ["test/torture/**/*.test.ts"], globalSetup: [build] },
  { name: "repository", include: ["test/repository/**/*.test.ts"], globalSetup: [build] },
  { name: "program", include: ["test/program/**/*.test.ts"], globalSetup: [build] },
  { name: "property", include: ["test/property/**/*.test.ts", "test/bench/**/*.test.ts"] },
  { name: "unit", include: ["test/unit/**/*.test.ts"] },
];

class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project }: TestSpecification): number =>
      projects.findIndex(({ name }) => name === project.name);
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    root: ".",
    // Much of the time a test waits: for an engine, a program or a clock.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: WaitingFirst },
    // Values, files of a test's own, sockets and programs: nothing of it outlives a test, and to load everything once more for
    // each file would take a third of the time of all tests.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The machine's engine and its settings must not leak into the tests.
    env: { DOCKER_HOST: "", TZ: "UTC" },
    projects: projects.map((project) => ({ extends: true as const, test: project })),
  },
});
