import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** See README.md for more of them. */
const rounds = Number(process.env["DOCKER_GC_TEST_ROUNDS"] ?? "4");
const own = 2048;
/** Every image holds busybox, so none is smaller. */
const base = 2 * 1024 * 1024;

describeWithRealEngine("two jobs side by side on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it(
    "each lose what they have made when they end, and nothing of the other",
    async () => {
      const { client, host } = engine();
      const folder = temporaryFolder();
      const ledger = join(folder, "ledger.db");
      await client.loadImage({ name: "base:1", layers: [base] });

      /** What a job has made since its mark is there until the job itself ends, and not any longer. */
      const job = async (name: string) => {
        const mark = join(folder, `${name}.mark`);
        for (let round = 1; round <= rounds; round += 1) {
          const marked = await runCli(["mark", mark], { host, ledger: null });
          expect(marked.stderr).toBe("");
          const tags = ["app", "test"].map((word) => `ci/${name}:${word}-${round}`);
          for (const tag of tags) await client.loadImage({ name: tag, layers: [own], baseLayers: [base] });
          await client.tag(tags[0] ?? "", `ci/${name}:latest`);
          await client.runRemoved(tags[1] ?? "");
          for (const tag of tags) expect(await client.inspectImage(tag), tag).not.toBeNull();
          const args = ["--since-mark", mark, "--only", `ci/${name}:*`];
          const ended = await runCli(["run", ...args], { host, ledger });
          expect(ended, ended.stdout).toMatchObject({ exitCode: 0, stderr: "" });
          for (const tag of tags) expect(await client.inspectImage(tag), tag).toBeNull();
        }
      };
      await Promise.all(["left", "right"].map(job));

      expect((await client.listImages()).map(({ RepoTags }) => RepoTags)).toEqual([["base:1"]]);
    },
    60_000 + rounds * 30_000,
  );
});
