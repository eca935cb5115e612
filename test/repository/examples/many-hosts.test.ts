import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { parseConfig } from "../../../src/cli/options/config-file/parse.js";
import { defaultConfigPath } from "../../../src/cli/options/config-file/locate.js";
import { resolveSettings } from "../../../src/cli/options/settings.js";
import { defaultLedgerPath } from "../../../src/ledger/file/location.js";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { rawOf } from "../../support/raw.js";
import { readExample, settingsOf } from "../../support/command-lines.js";

const rootsConfig = defaultConfigPath({ uid: 0, home: "/root", env: {} });
const rootsLedger = defaultLedgerPath({ uid: 0, home: "/root", env: {} });

describe("the job for a swarm", () => {
  it("runs a command that docker-gc takes, with the ledger in the volume", () => {
    const [, call = ""] = /\ndocker service create ([^]*)$/.exec(readExample("swarm.sh")) ?? [];
    const [options = "", args = ""] = call.replaceAll("\\\n", "").split(/"\$\{IMAGE:-docker-gc\}"/);
    expect(args.trim()).toBe("");
    expect(options).toContain(`--config "source=$name,target=${rootsConfig}" `);
    expect(readExample("swarm.sh")).toContain(`docker config create "$name" "\${CONFIG:-${rootsConfig}}"`);
    const [, folder] = /--mount type=volume,source=docker-gc,target=(\S+)/.exec(options) ?? [];
    expect(rootsLedger).toBe(`${folder}/ledger.db`);
  });
});

describe("the job for Nomad", () => {
  const job = readExample("nomad.hcl");

  it("runs on every client, again and again, never twice at a time", () => {
    expect(job).toMatch(/^ {2}type += "sysbatch"$/m);
    expect(job).toMatch(
      /^ {2}periodic \{$[^}]*^ {4}crons += \["\*\/5 \* \* \* \*"\]$[^}]*prohibit_overlap = true$/m,
    );
  });

  it("has all its brackets", () => {
    const brackets = job.replace(/^ *#.*$|"[^"]*"/gm, "").replace(/[^{}[\]]/g, "");
    let left = brackets;
    while (/\{\}|\[\]/.test(left)) left = left.replace(/\{\}|\[\]/g, "");
    expect(brackets.length).toBeGreaterThan(10);
    expect(left).toBe("");
  });

  it("runs without options, so that settings and ledger are where root has them", () => {
    const [, command = ""] = /^ +command = "(.*)"$/m.exec(job) ?? [];
    expect(job).not.toMatch(/^ +args/m);
    expect(settingsOf(command)).toMatchObject({ mode: "run", warnings: [], ledgerPath: undefined });
  });
});

describe("the DaemonSet for Kubernetes", () => {
  const [configMap, daemonSet] = parseAllDocuments(readExample("kubernetes.yml")).map(
    (each) => each.toJS() as unknown,
  ) as [ConfigMap, DaemonSet];
  const { containers, volumes } = daemonSet.spec.template.spec;
  const [container] = containers;
  const script = container?.command[2] ?? "";
  const metrics = "/var/lib/prometheus/node-exporter";

  it("selects the pods that it makes", () => {
    expect(daemonSet).toMatchObject({ apiVersion: "apps/v1", kind: "DaemonSet" });
    expect(daemonSet.spec.selector.matchLabels).toEqual(daemonSet.spec.template.metadata.labels);
  });

  it("mounts the folders of the engine's socket, the ledger, the metrics and its settings, and nothing else", () => {
    const places = container?.volumeMounts.map(({ name, mountPath }) => {
      const volume = volumes.find((each) => each.name === name);
      return [volume?.hostPath?.path ?? volume?.configMap?.name, mountPath];
    });
    const folder = join(rootsLedger, "..");
    expect(places).toEqual([
      ["/var/run", "/host/run"],
      [configMap.metadata.name, join(rootsConfig, "..")],
      [folder, folder],
      [metrics, metrics],
    ]);
  });

  it("has settings that docker-gc takes: the socket in that folder, and metrics where the probe looks", () => {
    const given = parseConfig(configMap.data[basename(rootsConfig)] ?? "", {
      path: rootsConfig,
      home: "/root",
    });
    const settings = resolveSettings({ ...rawOf([]), ...given }, { readFile: () => "" });
    expect(settings).toMatchObject({
      warnings: [],
      host: { value: "unix:///host/run/docker.sock" },
      metricsFile: join(metrics, "docker_gc.prom"),
    });
    expect(container?.livenessProbe.exec.command.at(-1)).toContain(`find ${settings.metricsFile ?? ""} `);
  });

  it("runs a command that docker-gc takes, every 5 minutes", () => {
    const [, line = ""] = /^ *(docker-gc.*) & wait \$!$/m.exec(script) ?? [];
    expect(line).toBe("docker-gc");
    expect(script).toMatch(/^ *sleep 300 & wait \$!$/m);
  });

  it("hands the signal on to the run, and ends with it", async () => {
    const folder = temporaryFolder();
    const [begun, ended] = [join(folder, "begun"), join(folder, "ended")];
    const program = `trap 'kill $!; echo > "${ended}"; exit' TERM; sleep 600 & echo > "${begun}"; wait`;
    writeFileSync(join(folder, "docker-gc"), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    const [shell = "", ...args] = container?.command ?? [];
    const child = spawn(shell, args, { env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` } });
    await expect.poll(() => existsSync(begun), { timeout: 30_000 }).toBe(true);
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
    expect(readFileSync(ended, "utf8")).toBe("\n");
  });
});

interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

interface DaemonSet {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly livenessProbe: { readonly exec: { readonly command: readonly string[] } };
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
        readonly volumes: readonly {
          readonly name: string;
          readonly hostPath?: { readonly path: string };
          readonly configMap?: { readonly name: string };
        }[];
      };
    };
  };
}

describe("the playbook for Ansible", () => {
  const [play] = parse(readExample("ansible.yml")) as readonly Play[];

  it("installs the one file that is made for the host's processor", () => {
    const copied = play?.tasks.flatMap((each) => each["ansible.builtin.copy"]?.src ?? [])[0];
    expect(copied).toBe("../packages/{{ docker_gc_program }}");
    expect(play?.vars["docker_gc_program"]).toMatch(/^docker-gc-linux-\{\{ .*"arm64".*"x64".* \}\}$/);
  });

  it("copies units that there are", () => {
    const copied = play?.tasks.find(({ loop }) => loop !== undefined)?.loop ?? [];
    expect(copied.filter((unit) => !existsSync(join(projectRoot, "examples/systemd", unit)))).toEqual([]);
    expect(copied).toHaveLength(3);
  });

  it("puts settings that docker-gc takes where root has them, once they are known to be good", () => {
    const task = play?.tasks.find((each) => each["ansible.builtin.copy"]?.content !== undefined);
    const { content, dest, validate } = task?.["ansible.builtin.copy"] ?? {};
    expect([content, dest]).toEqual(["{{ docker_gc_config | to_nice_yaml }}", rootsConfig]);
    const [, check = ""] = /^(docker-gc config .*) %s$/.exec(validate ?? "") ?? [];
    expect(() => settingsOf(`${check} x.yaml`)).not.toThrow();
    const given = parseConfig(JSON.stringify(play?.vars["docker_gc_config"]), {
      path: rootsConfig,
      home: "/root",
    });
    expect(resolveSettings({ ...rawOf([]), ...given }, { readFile: () => "" })).toMatchObject({
      warnings: [],
    });
  });
});

interface Play {
  readonly vars: Readonly<Record<string, unknown>>;
  readonly tasks: readonly {
    readonly loop?: readonly string[];
    readonly "ansible.builtin.copy"?: {
      readonly src?: string;
      readonly content?: string;
      readonly dest?: string;
      readonly validate?: string;
    };
  }[];
}
