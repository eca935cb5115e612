import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: ".",
    include: ["test/**/*.test.ts"],
    globalSetup: [fileURLToPath(new URL("../test/support/build.ts", import.meta.url))],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The machine's engine and its settings must not leak into the tests.
    env: { DOCKER_HOST: "" },
  },
});
