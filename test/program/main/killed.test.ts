import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { runCli, spawnCli } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { removeAll } from "../../support/small-engine.js";

const names = ["app:1", "app:2", "team/app:latest"];

it.each([
  ["has its names again after a run that keeps it", [], names],
  ["is gone after a run that removes it", removeAll, []],
])("an image whose names a kill -9 left half-way %s", async (_, args, left) => {
  const practice = await startPracticeEngine();
  try {
    const id = practice.engine.load({ name: names });
    const tagsOf = () => names.filter((name) => practice.engine.images.find(name)?.id === id);
    const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
    let reach: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    let removals = 0;
    practice.onRequest = (method) => {
      if (method !== "DELETE" || ++removals < 2) return undefined;
      reach();
      return { kind: "hang" };
    };
    const { child } = await spawnCli(removeAll, options);
    await reached;
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
    practice.onRequest = undefined;
    expect(tagsOf()).toHaveLength(2);
    const next = await runCli(args, options);
    expect(next.stdout).toContain("Warning: The removal of");
    expect(tagsOf()).toEqual(left);
    expect(practice.engine.images.size).toBe(left.length === 0 ? 0 : 1);
  } finally {
    await practice.close();
  }
});
