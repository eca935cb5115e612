import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readDocument } from "../../support/documents.js";
import { describeWithPrograms } from "../../support/programs.js";
import { runCli } from "../../support/run-cli.js";
import { startPushgateway } from "../../support/prometheus.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const [push = "", eachLine = "", merge = ""] = [
  ...readDocument("docs/metrics.md").matchAll(/```sh\n(.*)\n```/g),
].map(([, line = ""]) => line);

/** What three hosts have printed: one removed images, one could not meet its quota, one did not reach its engine. */
async function fetched(): Promise<string> {
  const folder = temporaryFolder();
  const [first, second] = [await practiceEngine({ name: "one" }), await practiceEngine({ name: "two" })];
  second.engine.createContainer("app:1");
  for (const [name, host] of [
    ["one", first.host],
    ["two", second.host],
    ["three", "unix:///nowhere/engine.sock"],
  ] as const) {
    const { stdout } = await runCli([...removeAll, "-o", "json"], { host });
    writeFileSync(join(folder, `${name}.json`), stdout);
  }
  return folder;
}

describeWithPrograms("the lines for many hosts", ["jq"], () => {
  it("merge their documents into one, with the hosts that failed", async () => {
    const answer = execFileSync("sh", ["-c", merge], { cwd: await fetched(), encoding: "utf8" });
    const { failed, ...rest } = JSON.parse(answer) as { failed: unknown[] };
    expect(rest).toEqual({ hosts: 3, beforeBytes: 100e6, freedBytes: 80e6, removed: 3 });
    expect(failed).toEqual([
      {
        file: "three.json",
        exitCode: 4,
        message: expect.stringContaining("there is no such socket") as string,
        unmet: [],
      },
      { file: "two.json", exitCode: 6, message: null, unmet: ["quota"] },
    ]);
  });

  it("make one line of each", async () => {
    const folder = await fetched();
    const lines = ["one", "two", "three"].map((name) => {
      const line = `cat ${name}.json | ${eachLine}`;
      return execFileSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
    });
    for (const line of lines) expect(line).toMatch(/^\{.*\}\n$/);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { host: "one", exitCode: 0, freedBytes: 50e6, removed: ["app:1", "app:2"], unmet: [] },
      { host: "two", exitCode: 6, freedBytes: 30e6, removed: ["app:2"], unmet: ["quota"] },
      { host: null, exitCode: 4, removed: [] },
    ]);
  });
});

describeWithPrograms("the line for a Pushgateway", ["curl", "prometheus-pushgateway"], () => {
  it("puts what a run left into the group of its host, in the place of all that the run before had left", async () => {
    const practice = await practiceEngine();
    const folder = temporaryFolder();
    const file = join(folder, "docker_gc.prom");
    const gateway = await startPushgateway();
    const variables = { JOB_TMP: folder, PUSHGATEWAY: `http://${gateway}`, RUNNER: "runner-7" };
    const pushed = async (host: string) => {
      await runCli([...removeAll, "--metrics-file", file], { host });
      const child = spawn("sh", ["-c", push], { env: { ...process.env, ...variables }, stdio: "inherit" });
      expect(await once(child, "exit")).toEqual([0, null]);
      const answer = await fetch(`http://${gateway}/metrics`);
      return namesIn(await answer.text());
    };
    const after = await pushed(practice.host);
    const left = readFileSync(file, "utf8").matchAll(/^# TYPE (\w+) /gm);
    expect(after).toEqual([...left].map(([, name = ""]) => name).sort());
    expect(after).toContain("docker_gc_image_bytes");
    // A run that has not reached its engine does not know what images hold: nor is the figure of an older one left.
    expect(await pushed("unix:///nowhere/engine.sock")).not.toContain("docker_gc_image_bytes");
  });
});

/** The metrics of a group, each name once. */
function namesIn(text: string): string[] {
  const names = [...text.matchAll(/^(docker_gc_\w+)\{(?=.*instance="runner-7").*job="docker-gc"/gm)];
  return [...new Set(names.map(([, name = ""]) => name))].sort();
}
