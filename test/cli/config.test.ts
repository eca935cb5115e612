import { expect, it } from "vitest";
import { effectiveOptions } from "../../src/cli/effective-options.js";
import { options } from "../../src/cli/options.js";
import { runCli } from "../support/run-cli.js";
import { rawOf } from "./raw.js";

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
    { name: "keep", value: ["a", "b"], origin: "--keep" },
  ]);
  expect(effective).toContainEqual({ name: "max-age", value: "7d", origin: "default" });
  expect(effective).toContainEqual({ name: "max-removals", value: null, origin: "default" });
  expect(effective).toContainEqual({ name: "quiet", value: false, origin: "default" });
  expect(effective).toContainEqual({ name: "only", value: [], origin: "default" });
});

it("shows them as lines and as JSON", async () => {
  const args = ["config", "--keep", "redis:*", "--keep", "team/*"];
  const text = await runCli(args);
  expect(text).toMatchObject({ exitCode: 0, stderr: "" });
  expect(text.stdout).toMatch(/^keep +redis:\*, team\/\* +--keep$/m);
  expect(text.stdout).toMatch(/^max-age +7d +default$/m);
  const json = await runCli([...args, "--output", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 1,
    settings: { keep: { value: ["redis:*", "team/*"], origin: "--keep" }, "max-age": { value: "7d" } },
  });
});

it("refuses what a run would refuse", async () => {
  const result = await runCli(["config", "--quota", "lots"]);
  expect(result).toMatchObject({ exitCode: 2, stdout: "" });
  expect(result.stderr).toContain(`--quota: "lots"`);
});
