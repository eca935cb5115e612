import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { passOn } from "../support/pass-on.js";
import { imageNamed, spawnJson } from "../support/run-json.js";
import { removeAll } from "../support/small-engine.js";
import { listenOnSocket } from "../support/socket-server.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;

describeWithRealEngine("a container that is created between two removals", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it.each(["container", "mount"])(
    "holds its image, as a %s does, and the others go",
    async (how) => {
      const { client, host } = engine();
      const names = Array.from({ length: 6 }, (_, number) => `many:${number}`);
      for (const name of ["kept:1", ...names]) await client.loadImage({ name, layers: [small], seed: name });
      // Engines that know no such mounts have the container alone.
      const isMount = how === "mount" && (await client.canMountImages());
      const image = isMount ? "kept:1" : "many:4";
      let removals = 0;
      const door = await listenOnSocket("door", async (request, response) => {
        // The first image is gone by now, and this one has been looked at.
        if (request.method === "DELETE" && ++removals === 2)
          await client.createContainer(image, { name: "late", ...(isMount ? { imageMount: "many:4" } : {}) });
        passOn(request, response, host);
      });
      onTestFinished(() => door.close());
      const where = { host: door.host, ledger: join(temporaryFolder(), "ledger.db") };
      await spawnJson([], where);
      const report = await spawnJson([...removeAll, "--keep", "kept:*"], where);
      expect(imageNamed(report, "many:4")).toMatchObject({ outcome: "skipped" });
      expect(imageNamed(report, "many:4").outcomeDetail).toMatch(
        isMount ? /in use now by mount:late/ : /used after the plan/,
      );
      const left = await client.listImages();
      expect(left.flatMap(({ RepoTags }) => RepoTags ?? []).sort()).toEqual(["kept:1", "many:4"]);
      await client.removeAll();
    },
    120_000,
  );
});
