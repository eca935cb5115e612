import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { practiceEngine, removeAll } from "../../support/small-engine.js";
import { describeWithPrograms } from "../../support/programs.js";
import { projectRoot } from "../../support/project.js";
import { runCli } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

function promtool(args: readonly string[], input = ""): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, {
    input,
    encoding: "utf8",
    cwd: projectRoot,
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Metrics of a run that removed images, as a collector finds them; and of one that failed. */
async function leaveMetrics(): Promise<{ readonly folder: string; readonly texts: readonly string[] }> {
  const practice = await practiceEngine({ name: 'build "01"\\' });
  const folder = temporaryFolder();
  const ledger = join(temporaryFolder(), "ledger.db");
  const file = join(folder, "docker_gc.prom");
  const texts = [];
  for (const host of ["unix:///nowhere/engine.sock", practice.host, practice.host]) {
    await runCli([...removeAll, "--metrics-file", file], { host, ledger });
    texts.push(readFileSync(file, "utf8"));
  }
  return { folder, texts };
}

/** node_exporter with nothing but its textfile collector, on a free port of this host, until the test is over. */
async function startNodeExporter(folder: string): Promise<string> {
  const child = spawn(
    "prometheus-node-exporter",
    [
      "--web.listen-address=127.0.0.1:0",
      "--collector.disable-defaults",
      "--collector.textfile",
      `--collector.textfile.directory=${folder}`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  return `http://${await listeningAddress(child)}/metrics`;
}

/** Goes on reading to the end: the exporter is killed by the first line that nobody takes. */
function listeningAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.on("data", (chunk) => {
      log += String(chunk);
      const address = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.on("exit", () => reject(new Error(`node_exporter does not listen: ${log}`)));
    child.on("error", reject);
  });
}

describeWithPrograms("what docker-gc leaves for Prometheus", ["promtool", "prometheus-node-exporter"], () => {
  it("has nothing that promtool objects to, after a failure, a removal, and a run without any", async () => {
    const { texts } = await leaveMetrics();
    for (const text of texts) expect(promtool(["check", "metrics"], text)).toEqual({ status: 0, output: "" });
  });

  it("is read by node_exporter, to the last value", async () => {
    const { folder, texts } = await leaveMetrics();
    const answer = await fetch(await startNodeExporter(folder));
    const exported = (await answer.text()).split("\n").filter((line) => line.startsWith("docker_gc_"));
    const written =
      texts
        .at(-1)
        ?.split("\n")
        .filter((line) => line.startsWith("docker_gc_")) ?? [];
    expect(exported.map(comparable).sort()).toEqual(written.map(comparable).sort());
    expect(exported.length).toBeGreaterThan(50);
  });

  it("has alert rules that promtool takes, and that fire when they should and not otherwise", () => {
    expect(promtool(["check", "rules", "examples/prometheus/alerts.yml"])).toMatchObject({ status: 0 });
    const tested = promtool(["test", "rules", "test/repository/examples/alerts.promtool.yml"]);
    expect(tested.output).toContain("SUCCESS");
    expect(tested.status).toBe(0);
  });
});

/** The exporter sorts labels, and writes large numbers with an exponent. */
function comparable(line: string): string {
  const [, name = "", labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  return `${name} ${[...labels.matchAll(/\w+="(?:[^"\\]|\\.)*"/g)].map(String).sort().join()} ${Number(value)}`;
}

/** Rules on metrics that do not exist would never fire, and never fail a test of their own. */
it("the alert rules speak of metrics and labels that there are", async () => {
  const { texts } = await leaveMetrics();
  const rules = readFileSync(join(projectRoot, "examples/prometheus/alerts.yml"), "utf8");
  const expressions = [...rules.matchAll(/expr: (.*)$/gm)].map(([, expression = ""]) => expression);
  expect(expressions).toHaveLength(5);
  const written = texts.join("");
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/docker_gc_\w+/g))
      expect(written).toMatch(new RegExp(`^${name}[ {]`, "m"));
  }
});
