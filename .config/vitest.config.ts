import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const build = fileURLToPath(new URL("../test/support/build.ts", import.meta.url));

const real = ["test/{end-to-end,docker-command,contract}/**/*.test.ts", "test/examples/image.test.ts"];
const torture = ["test/torture/**/*.test.ts"];
const repository = ["test/{documentation,schemas,examples}/**/*.test.ts"];
/** What starts no process and meets no engine, not even the practice engine. */
const unit = [
  "test/{core,report,simulate}/**/*.test.ts",
  "test/cli/!(config|docker-plugin|completion|man-page).test.ts",
  "test/engine/!(redirects|ssh-tunnel).test.ts",
  "test/ledger/!(disk|ledger-in-memory|lock|permissions|private-file|refusals|sqlite-ledger).test.ts",
  "test/collect/{history-property,taken-names,list,drains}.test.ts",
];

/** In this order: what waits most for engines and other programs begins first, so that nobody waits for it at the end. */
const projects = [
  { name: "real", include: real, globalSetup: [build] },
  { name: "torture", include: torture, globalSetup: [build] },
  { name: "repository", include: repository, exclude: real, globalSetup: [build] },
  {
    name: "program",
    include: ["test/**/*.test.ts"],
    exclude: [...real, ...torture, ...repository, ...unit],
    globalSetup: [build],
  },
  // Values, files of a test's own and sockets: nothing of it outlives a test, and a fresh process for each file would
  // take longer than its tests.
  { name: "unit", include: unit, isolate: false },
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
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The machine's engine and its settings must not leak into the tests.
    env: { DOCKER_HOST: "" },
    projects: projects.map((project) => ({ extends: true as const, test: project })),
  },
});
