import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { underlayConfigFile } from "../../../../../src/cli/options/config-file/underlay.js";
import { temporaryFolder } from "../../../../support/temporary-folder.js";
import { rawOf } from "../../../../support/raw.js";

const patient = new AbortController().signal;

describe("the place of a config file", () => {
  let xdg: string;
  let home: string;
  beforeEach(() => {
    xdg = temporaryFolder();
    home = temporaryFolder();
  });

  const write = (folder: string, name: string): void => {
    mkdirSync(join(folder, "docker-gc"), { recursive: true });
    writeFileSync(join(folder, "docker-gc", name), "quota: 5G\n");
  };
  const quotaOf = async (place: { uid: number; env: Record<string, string> }, argv: string[] = []) =>
    (await underlayConfigFile(rawOf(argv, place.env), { home, ...place }, patient)).values.quota;

  it("is the user's configuration folder", async () => {
    const env = { XDG_CONFIG_HOME: xdg };
    expect(await quotaOf({ uid: 1000, env })).toBeUndefined();
    write(xdg, "config.yaml");
    write(join(home, ".config"), "config.yaml");
    expect((await quotaOf({ uid: 1000, env }))?.origin).toBe(`${xdg}/docker-gc/config.yaml:1`);
    const atHome = `${home}/.config/docker-gc/config.yaml:1`;
    expect((await quotaOf({ uid: 1000, env: {} }))?.origin).toBe(atHome);
    expect((await quotaOf({ uid: 1000, env: { XDG_CONFIG_HOME: "relative" } }))?.origin).toBe(atHome);
  });

  it("is where the flag says, else where the variable says", async () => {
    const [flagged, set] = [join(xdg, "flagged.yaml"), join(xdg, "set.yaml")];
    for (const path of [flagged, set]) writeFileSync(path, "quota: 5G\n");
    const env = { XDG_CONFIG_HOME: xdg, DOCKER_GC_CONFIG: set };
    expect((await quotaOf({ uid: 1000, env }))?.origin).toBe(`${set}:1`);
    expect((await quotaOf({ uid: 1000, env }, ["--config", flagged]))?.origin).toBe(`${flagged}:1`);
    expect(await quotaOf({ uid: 1000, env }, ["--config", "/dev/null"])).toBeUndefined();
  });

  it("must have the file that was named", async () => {
    await expect(quotaOf({ uid: 1000, env: {} }, ["--config", "/nowhere/x.yaml"])).rejects.toThrow(
      `--config: there is no file "/nowhere/x.yaml"; expected YAML or JSON.`,
    );
    await expect(quotaOf({ uid: 1000, env: { DOCKER_GC_CONFIG: "/nowhere/x.yaml" } })).rejects.toThrow(
      `DOCKER_GC_CONFIG: there is no file "/nowhere/x.yaml"`,
    );
  });

  it("must not have it under another name, where it would go unnoticed", async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    write(env.XDG_CONFIG_HOME, "config.json");
    await expect(quotaOf({ uid: 1000, env })).rejects.toThrow(
      /docker-gc\/config\.json would not be read; expected the name .*config\.yaml, for JSON as well\./,
    );
  });
});
