import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { practiceEngine, removeAll } from "../../support/small-engine.js";
import { startNodeExporter, startPrometheus } from "../../support/prometheus.js";
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

describeWithPrograms("what docker-gc leaves for Prometheus", ["promtool", "prometheus-node-exporter"], () => {
  it("has nothing that promtool objects to, after a failure, a removal, and a run without any", async () => {
    const { texts } = await leaveMetrics();
    for (const text of texts) expect(promtool(["check", "metrics"], text)).toEqual({ status: 0, output: "" });
  });

  it("is read by node_exporter, to the last value", async () => {
    const { folder, texts } = await leaveMetrics();
    const answer = await fetch(`http://${await startNodeExporter(folder)}/metrics`);
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
    expect(
      promtool(["check", "rules", "examples/prometheus/alerts.yml", "examples/prometheus/rules.yml"]),
    ).toMatchObject({ status: 0 });
    const tested = promtool(["test", "rules", "test/repository/examples/alerts.promtool.yml"]);
    expect(tested.output).toContain("SUCCESS");
    expect(tested.status).toBe(0);
  });
});

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const dashboard = JSON.parse(
  readFileSync(join(projectRoot, "examples/prometheus/dashboard.json"), "utf8"),
) as Dashboard;

/** As Grafana puts in what a person has chosen: all hosts, and the shortest interval. */
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }) => [title, expr.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "4s")]),
);

describeWithPrograms("a Prometheus that scrapes", ["prometheus", "prometheus-node-exporter"], () => {
  it("answers every query of the dashboard and every rule, with numbers of a run that removed images", async () => {
    const rootDirectory = temporaryFolder();
    const practice = await practiceEngine({ rootDirectory });
    const folder = temporaryFolder();
    const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
    const args = [...removeAll, "--min-free", "1M", "--min-free-inodes", "1"];
    const run = () => runCli([...args, "--metrics-file", join(folder, "docker_gc.prom")], options);
    await run();
    const rules = ["alerts.yml", "rules.yml"].map((name) => join(projectRoot, "examples/prometheus", name));
    const { query } = await startPrometheus(await startNodeExporter(folder), rules);
    const eventually = (expression: string, isRight: (value: number) => boolean) =>
      vi.waitFor(
        async () => expect((await query(expression)).filter(({ value }) => isRight(value))).not.toEqual([]),
        { timeout: 60_000, interval: 300 },
      );
    await eventually("docker_gc_freed_bytes_total", (value) => value > 0);
    // What went comes back, and goes again: totals that grow while they are watched.
    practice.engine.load({ name: "app:1", megabytes: 20 });
    await run();
    for (const [, query = ""] of queries) await eventually(query, Number.isFinite);
    await eventually("sum(increase(docker_gc_freed_bytes_total[1d]))", (value) => value > 20e6);
    const recorded = [...readFileSync(rules[1] ?? "", "utf8").matchAll(/record: (\S+)/g)];
    expect(recorded).toHaveLength(7);
    for (const [, name = ""] of recorded) await eventually(name, Number.isFinite);
    expect(await query('ALERTS{alertname="DockerGcNoMetrics"}')).toEqual([]);
  }, 180_000);
});

it("the dashboard has its panels side by side, none on another one", () => {
  const taken = new Set<string>();
  for (const { gridPos: at } of dashboard.panels) {
    expect(at.x + at.w).toBeLessThanOrEqual(24);
    for (let x = at.x; x < at.x + at.w; x++)
      for (let y = at.y; y < at.y + at.h; y++) {
        expect(taken).not.toContain(`${x} ${y}`);
        taken.add(`${x} ${y}`);
      }
  }
  expect(new Set(dashboard.panels.map(({ title }) => title)).size).toBe(dashboard.panels.length);
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
  expect(expressions).toHaveLength(7);
  const written = texts.join("");
  for (const expression of expressions) {
    for (const [name] of expression.matchAll(/docker_gc_\w+/g))
      expect(written).toMatch(new RegExp(`^${name}[ {]`, "m"));
  }
});
