import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readDocument } from "../../support/documents.js";
import { describeWithPrograms } from "../../support/programs.js";
import { runCli } from "../../support/run-cli.js";
import { serveOnPort } from "../../support/serve.js";
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

describeWithPrograms("the line for a Pushgateway", ["curl", "promtool"], () => {
  it("pushes what a run left, to the group of its host", async () => {
    const practice = await practiceEngine();
    const folder = temporaryFolder();
    const file = join(folder, "docker_gc.prom");
    await runCli([...removeAll, "--metrics-file", file], { host: practice.host });
    const pushed: string[] = [];
    const port = await serveOnPort((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        pushed.push(`${request.method ?? ""} ${request.url ?? ""}`, body);
        response.end();
      });
    });
    const env = {
      ...process.env,
      JOB_TMP: folder,
      PUSHGATEWAY: `http://127.0.0.1:${port}`,
      RUNNER: "runner-7",
    };
    const child = spawn("sh", ["-c", push], { env, stdio: "inherit" });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(pushed).toEqual(["POST /metrics/job/docker-gc/instance/runner-7", readFileSync(file, "utf8")]);
  });
});
