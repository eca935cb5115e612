import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { describeWithPrograms } from "../support/programs.js";
import { startRegistry, type Registry } from "../support/registry.js";
import { runCli } from "../support/run-cli.js";
import { spawnJson } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const base = 2 * 1024 * 1024;
const removeAll = ["--quota=1K", "--grace=0s", "--keep-recent=0", "--max-age=off"];

describeWithPrograms("--keep-unpullable with a real registry", ["docker-registry"], () => {
  describeWithRealEngine("and a real engine", (engine) => {
    beforeEach(() => engine().client.removeAll());

    /** An image as after `docker push`: the engine knows its digest there. */
    async function push(registry: Registry, name: string, seed = name): Promise<string> {
      const { client } = engine();
      const repository = `${registry.address}/${name}`;
      await client.loadImage({ name: `${repository}:1`, layers: [2048], baseLayers: [base], seed });
      const pushed = await client.request("POST", `/images/${repository}/push?tag=1`, {});
      expect([pushed.status, pushed.text.includes('"error"')], pushed.text).toEqual([200, false]);
      return `${repository}:1`;
    }

    it("lets go only what the registry still has under that name", async () => {
      const { client, host } = engine();
      const [open, closed, gone, silent] = [
        await startRegistry(),
        await startRegistry(),
        await startRegistry(),
        await startRegistry(),
      ];
      const there = await push(open, "there");
      const deleted = await push(open, "deleted");
      const manifest = await open.request("GET", "/v2/deleted/manifests/1");
      const digest = manifest.headers.get("docker-content-digest") ?? "";
      await open.request("DELETE", `/v2/deleted/manifests/${digest}`);
      // Another image was pushed under its name, from a machine that is not this one.
      const moved = await push(open, "moved");
      const id = (await client.inspectImage(moved))?.Id ?? "";
      await push(open, "moved", "another");
      const otherId = (await client.inspectImage(moved))?.Id ?? "";
      await client.tag(id, moved);
      await client.removeImage(otherId);
      const isClosed = await push(closed, "private");
      const isGone = await push(gone, "down");
      const isSilent = [await push(silent, "slow"), await push(silent, "slower")];
      await client.loadImage({ name: "local:1", layers: [2048], baseLayers: [base] });
      await closed.close();
      await gone.end("gone");
      await silent.end("silent");

      const ledger = join(temporaryFolder(), "ledger.db");
      const report = await spawnJson([...removeAll, "--keep-unpullable", "--timeout=5s"], { host, ledger });
      const ends = new Map(
        report.images.map(({ refs, outcome, outcomeDetail }) => [refs[0], { outcome, outcomeDetail }]),
      );
      expect(ends.get(there)).toMatchObject({ outcome: "removed" });
      const stays = (name: string) => {
        expect(ends.get(name), name).toMatchObject({ outcome: "skipped" });
        return ends.get(name)?.outcomeDetail;
      };
      expect(stays(deleted)).toMatch(/does not show .*\/deleted:1: .*manifest unknown/);
      expect(stays(moved)).toMatch(/\/moved:1 is another image in its registry/);
      expect(stays(isClosed)).toMatch(
        /does not show .*\/private:1: .*(no basic auth credentials|unauthorized|authentication required)/,
      );
      expect(stays(isGone)).toMatch(/does not show .*\/down:1: .*connection refused/);
      expect(stays("local:1")).toMatch(/never pulled or pushed/);
      const slow = isSilent.map(stays).sort();
      expect(slow).toEqual([
        expect.stringMatching(/does not show .*\/slow/),
        expect.stringMatching(/asked in another run: its registry did not answer before/),
      ]);
      expect(report.exitCode).toBe(6);

      const explained = await runCli(["explain", "deleted", ...removeAll, "--keep-unpullable"], {
        host,
        ledger,
      });
      expect(explained.stdout).toMatch(/stays: .*pulled again/);
      for (const name of [deleted, moved, isClosed, isGone, ...isSilent, "local:1"])
        expect(await client.inspectImage(name), name).not.toBeNull();
    }, 120_000);
  });
});
