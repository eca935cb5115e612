import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { serveOnSocket } from "../../support/serve.js";
import { runDocker } from "../../support/docker-command.js";
import { describeWithPrograms } from "../../support/programs.js";
import { runCli } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** Engines by what names them; each says no to everything, and is counted. */
const places = ["flag", "variable", "flagged-context", "variable-context", "current-context"] as const;
type Place = (typeof places)[number];

describeWithPrograms("the engine is found as the docker command finds it", ["docker"], () => {
  it("whatever is set", { timeout: 240_000 }, async () => {
    const asked: Place[] = [];
    const hosts = new Map<Place, string>();
    for (const place of places) {
      const socket = await serveOnSocket((_, response) => {
        asked.push(place);
        response.writeHead(500).end();
      });
      hosts.set(place, `unix://${socket}`);
    }
    const hostOf = (place: Place): string => hosts.get(place) ?? "";
    const home = temporaryFolder();
    for (const place of places.slice(2)) {
      const args = ["context", "create", place, "--docker", `host=${hostOf(place)}`];
      expect(await runDocker(args, { HOME: home })).toMatchObject({ exitCode: 0 });
    }
    const elsewhere = join(home, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "config.json"), "{}");

    /** The engine that a program asks; null when it refuses to choose, or goes to the default one. */
    const chosenBy = async (run: () => Promise<unknown>): Promise<Place | null> => {
      asked.length = 0;
      await run();
      expect(new Set(asked).size).toBeLessThanOrEqual(1);
      return asked[0] ?? null;
    };

    const env = { HOME: home };
    const docker = { DOCKER_HOST: hostOf("variable") };
    const context = { DOCKER_CONTEXT: "variable-context" };
    const use = (name: string) => runDocker(["context", "use", name], env);
    const flagged = ["--context", "flagged-context"];
    const cases: [string[], Record<string, string>, Place | null][] = [
      [["--host", hostOf("flag")], { ...docker, ...context }, "flag"],
      [flagged, {}, "flagged-context"],
      [flagged, { ...docker, ...context }, "flagged-context"],
      [["--context", "default"], { ...docker, ...context }, "variable"],
      [[...flagged, "--host", hostOf("flag")], {}, null],
      [["--context", "no-such"], docker, null],
      [[], docker, "variable"],
      [[], { ...docker, ...context }, "variable"],
      [[], context, "variable-context"],
      [[], { DOCKER_CONTEXT: "no-such" }, null],
      [[], {}, "current-context"],
      [[], { DOCKER_CONFIG: elsewhere }, null],
    ];
    await use("current-context");
    for (const [flags, settings, place] of cases) {
      const all = { ...env, ...settings };
      const told = JSON.stringify([flags, settings]);
      expect(await chosenBy(() => runDocker([...flags, "images"], all)), `docker ${told}`).toBe(place);
      expect(await chosenBy(() => runCli(["-n", ...flags], { env: all })), `docker-gc ${told}`).toBe(place);
    }
  });

  it("and says which it was", async () => {
    const home = temporaryFolder();
    const env = { HOME: home };
    await runDocker(["context", "create", "build", "--docker", "host=tcp://build-02:2375"], env);
    const hostOf = async (args: string[], more: Record<string, string> = {}): Promise<unknown> => {
      const { stdout } = await runCli(["config", "-o", "json", ...args], { env: { ...env, ...more } });
      return (JSON.parse(stdout) as { settings: { host: unknown } }).settings.host;
    };
    const value = "tcp://build-02:2375";
    expect(await hostOf(["-c", "build"])).toEqual({ value, origin: "context build (--context)" });
    expect(await hostOf([], { DOCKER_CONTEXT: "build" })).toEqual({
      value,
      origin: "context build (DOCKER_CONTEXT)",
    });
    await runDocker(["context", "use", "build"], env);
    const file = join(home, ".docker/config.json");
    expect(await hostOf([])).toEqual({ value, origin: `context build (${file})` });
  });
});
