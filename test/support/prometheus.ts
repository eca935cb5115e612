import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";

/** node_exporter with nothing but its textfile collector, on a free port of this host, until the test is over; its address. */
export async function startNodeExporter(folder: string): Promise<string> {
  return start("prometheus-node-exporter", [
    "--web.listen-address=127.0.0.1:0",
    "--collector.disable-defaults",
    "--collector.textfile",
    `--collector.textfile.directory=${folder}`,
  ]);
}

/** A Pushgateway that keeps nothing, likewise. */
export async function startPushgateway(): Promise<string> {
  return start("prometheus-pushgateway", ["--web.listen-address=127.0.0.1:0"]);
}

/** One value of an answer, with its labels. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  /** What an expression is right now. Throws where Prometheus refuses it. */
  readonly query: (expression: string) => Promise<readonly Sample[]>;
}

/** A Prometheus that scrapes this address each second, with these files of rules, until the test is over. */
export async function startPrometheus(target: string, ruleFiles: readonly string[]): Promise<Prometheus> {
  const folder = temporaryFolder();
  const config = {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: ruleFiles,
    scrape_configs: [{ job_name: "node", static_configs: [{ targets: [target] }] }],
  };
  const file = join(folder, "prometheus.yml");
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  const address = await start("prometheus", [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    "--web.listen-address=127.0.0.1:0",
  ]);
  return {
    query: async (expression) => {
      const body = new URLSearchParams({ query: expression });
      const answer = await fetch(`http://${address}/api/v1/query`, { method: "POST", body });
      const { status, error, data } = (await answer.json()) as {
        status: string;
        error?: string;
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      if (status !== "success") throw new Error(`${expression}: ${error ?? status}`);
      return (data?.result ?? []).map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
  };
}

async function start(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  return listeningAddress(program, child);
}

/** Goes on reading to the end: the program is killed by the first line that nobody takes. */
function listeningAddress(program: string, child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.on("data", (chunk) => {
      log += String(chunk);
      const address = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.on("exit", () => reject(new Error(`${program} does not listen: ${log}`)));
    child.on("error", reject);
  });
}
