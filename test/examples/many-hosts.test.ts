import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { defaultLedgerPath } from "../../src/ledger/location.js";
import { projectRoot } from "../support/project.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { readExample, settingsOf } from "./command-lines.js";

const rootsLedger = defaultLedgerPath({ uid: 0, home: "/root", environment: {} });

describe("the job for a swarm", () => {
  it("runs a command that docker-gc takes, with the ledger in the volume", () => {
    const [, call = ""] = /\ndocker service create ([^]*)$/.exec(readExample("swarm.sh")) ?? [];
    const [options = "", args = ""] = call.replaceAll("\\\n", "").split(/"\$\{IMAGE:-docker-gc\}"/);
    expect(settingsOf(`docker-gc ${args.trim()}`)).toMatchObject({ mode: "run", warnings: [] });
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

  it("runs a command that docker-gc takes, with the ledger where root has it", () => {
    const [, command = ""] = /^ +command = "(.*)"$/m.exec(job) ?? [];
    const [, args = "[]"] = /^ +args +=( .*)$/m.exec(job) ?? [];
    const settings = settingsOf([command, ...(JSON.parse(args) as string[])].join(" "));
    expect(settings).toMatchObject({ mode: "run", warnings: [], ledgerPath: rootsLedger });
  });
});

describe("the DaemonSet for Kubernetes", () => {
  const daemonSet = parse(readExample("kubernetes.yml")) as DaemonSet;
  const { containers, volumes } = daemonSet.spec.template.spec;
  const [container] = containers;
  const script = container?.command[2] ?? "";

  it("selects the pods that it makes", () => {
    expect(daemonSet).toMatchObject({ apiVersion: "apps/v1", kind: "DaemonSet" });
    expect(daemonSet.spec.selector.matchLabels).toEqual(daemonSet.spec.template.metadata.labels);
  });

  it("mounts the engine's socket and the folder of the ledger, and nothing else of the host", () => {
    const places = container?.volumeMounts.map(({ name, mountPath }) => {
      const volume = volumes.find((each) => each.name === name);
      return [volume?.hostPath.path, mountPath];
    });
    const folder = join(rootsLedger, "..");
    expect(places).toEqual([
      ["/var/run/docker.sock", "/var/run/docker.sock"],
      [folder, folder],
    ]);
  });

  it("runs a command that docker-gc takes, every 5 minutes", () => {
    const [, line = ""] = /^ *(docker-gc .*) & wait \$!$/m.exec(script) ?? [];
    expect(settingsOf(line)).toMatchObject({ mode: "run", warnings: [] });
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

interface DaemonSet {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
        readonly volumes: readonly { readonly name: string; readonly hostPath: { readonly path: string } }[];
      };
    };
  };
}

describe("the playbook for Ansible", () => {
  const [play] = parse(readExample("ansible.yml")) as readonly Play[];

  it("installs the package of this version", () => {
    const { name, version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as Manifest;
    expect(filledIn("{{ docker_gc_package }}")).toBe(`${name}-${version}.tgz`);
  });

  it("copies units that there are", () => {
    const copied = play?.tasks.find(({ loop }) => loop !== undefined)?.loop ?? [];
    expect(copied.filter((unit) => !existsSync(join(projectRoot, "examples/systemd", unit)))).toEqual([]);
    expect(copied).toHaveLength(2);
  });

  it("runs a command that docker-gc takes in the place of the unit's own", () => {
    const content = play?.tasks.map((task) => task["ansible.builtin.copy"]?.content ?? "").join("") ?? "";
    const [, command = ""] = /^\[Service\]\nExecStart=\nExecStart=\/usr\/bin\/env (.*)$/m.exec(content) ?? [];
    expect(settingsOf(filledIn(command))).toMatchObject({ mode: "run", warnings: [] });
  });

  /** A template with the variables of the play put in. */
  function filledIn(template: string): string {
    const filled = template.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => play?.vars[name] ?? "");
    return filled === template ? template : filledIn(filled);
  }
});

interface Play {
  readonly vars: Readonly<Record<string, string>>;
  readonly tasks: readonly {
    readonly loop?: readonly string[];
    readonly "ansible.builtin.copy"?: { readonly content?: string };
  }[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}
