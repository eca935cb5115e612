import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { effectiveOptions } from "../../../src/cli/options/effective-options.js";
import { options } from "../../../src/cli/options/options.js";
import { serveOnSocket } from "../../support/serve.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine } from "../../support/small-engine.js";
import { rawOf } from "../../support/raw.js";

it("is told all options that can be set, each with its value and where it comes from", () => {
  const raw = rawOf(["--quota=5G", "--keep=a", "--keep=b", "-n"], {
    DOCKER_GC_GRACE: "2h",
    DOCKER_GC_QUOTA: "1G",
  });
  const effective = effectiveOptions(raw);
  expect(effective.map(({ name }) => name)).toEqual(
    options.filter(({ variable }) => variable !== null).map(({ name }) => name),
  );
  expect(effective.filter(({ origin }) => origin !== "default")).toEqual([
    { name: "dry-run", value: true, origin: "--dry-run" },
    { name: "quota", value: "5G", origin: "--quota" },
    { name: "grace", value: "2h", origin: "DOCKER_GC_GRACE" },
    { name: "keep", value: ["a", "b"], origin: "--keep", origins: ["--keep", "--keep"] },
  ]);
  expect(effective).toContainEqual({ name: "max-age", value: "7d", origin: "default" });
  expect(effective).toContainEqual({ name: "max-removals", value: null, origin: "default" });
  expect(effective).toContainEqual({ name: "quiet", value: false, origin: "default" });
  expect(effective).toContainEqual({ name: "only", value: [], origin: "default", origins: [] });
});

it("shows them as lines and as JSON", async () => {
  const args = ["config", "--keep", "redis:*", "--keep", "team/*"];
  const text = await runHere(args);
  expect(text).toMatchObject({ exitCode: 0, stderr: "" });
  expect(text.stdout).toMatch(/^keep +redis:\* +--keep\n +team\/\* +--keep$/m);
  expect(text.stdout).toMatch(/^max-age +7d +default$/m);
  const json = await runHere([...args, "--output", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 1,
    settings: { keep: { value: ["redis:*", "team/*"], origin: "--keep" }, "max-age": { value: "7d" } },
  });
});

it("refuses what a run would refuse", async () => {
  const result = await runHere(["config", "--quota", "lots"]);
  expect(result).toMatchObject({ exitCode: 2, stdout: "" });
  expect(result.stderr).toContain(`--quota: "lots"`);
});

it("shows what a config file sets, with its lines, in 80 columns", async () => {
  const config = join(temporaryFolder(), "gc.yaml");
  writeFileSync(
    config,
    "quota: 50G\nkeep:\n  - redis:*\n  - team/*\nhost: tcp://ann:secret@h:1\ndry-run: true\n",
  );
  const env = { DOCKER_GC_CONFIG: config, DOCKER_GC_GRACE: "2h" };
  const { stdout, exitCode } = await runHere(["config", "--max-age", "14d"], { env });
  expect(exitCode).toBe(0);
  const lines = stdout.replaceAll(config, "gc.yaml").split("\n");
  for (const line of [
    "dry-run                 true                      gc.yaml:6",
    "max-age                 14d                       --max-age",
    "quota                   50G                       gc.yaml:1",
    "quota-target            -                         default",
    "grace                   2h                        DOCKER_GC_GRACE",
    "keep                    redis:*                   gc.yaml:3",
    "                        team/*                    gc.yaml:4",
    "keep-label              -                         default",
    "host                    tcp://h:1                 gc.yaml:5",
    "config                  gc.yaml  DOCKER_GC_CONFIG",
  ])
    expect(lines).toContain(line);
  expect(stdout).not.toContain("secret");
});

it("shows the engine that a run would go to, and why", async () => {
  const hostOf = async (env: Record<string, string>): Promise<unknown> => {
    const { stdout } = await runHere(["config", "-o", "json"], { env });
    return (JSON.parse(stdout) as { settings: { host: unknown } }).settings.host;
  };
  expect(await hostOf({})).toEqual({ value: "unix:///var/run/docker.sock", origin: "default" });
  expect(await hostOf({ DOCKER_HOST: "tcp://ann:secret@h:1" })).toEqual({
    value: "tcp://h:1",
    origin: "DOCKER_HOST",
  });
  // Whose rights count over there; no secret.
  expect(await hostOf({ DOCKER_HOST: "ssh://gc@build-02" })).toEqual({
    value: "ssh://gc@build-02",
    origin: "DOCKER_HOST",
  });
});

it("with a config file that is wrong, every command ends with 2, and the engine is never asked", async () => {
  const config = join(temporaryFolder(), "gc.yaml");
  writeFileSync(config, "max-age: 7d\nquotta: 5G\n");
  let asked = 0;
  const socket = await serveOnSocket((_, response) => {
    asked += 1;
    response.end();
  });
  for (const args of [[], ["--dry-run"], ["config"]]) {
    const result = await runHere([...args, "--config", config], { host: `unix://${socket}` });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toBe(`docker-gc: ${config}:2: there is no option "quotta"; did you mean quota?\n`);
  }
  expect(asked).toBe(0);
});

it("a config file may make every run a quiet dry run", async () => {
  const config = join(temporaryFolder(), "gc.yaml");
  const practice = await practiceEngine();
  writeFileSync(config, "quiet: true\ndry-run: true\nquota: 1K\ngrace: 0s\nkeep-recent: 0\n");
  const result = await runHere(["--config", config], { host: practice.host });
  expect(result).toMatchObject({ exitCode: 0, stdout: "" });
  expect(practice.engine.images.size).toBe(2);
  writeFileSync(config, "quota: 1K\ngrace: 0s\nkeep-recent: 0\n");
  expect(await runHere(["--config", config], { host: practice.host })).toMatchObject({ exitCode: 0 });
  expect(practice.engine.images.size).toBe(0);
});
