import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { projectRoot } from "../support/project.js";
import { imageNamed, type JsonReport } from "../support/run-json.js";
import { buildToolImage, docker } from "../support/tool-image.js";
import { readExample } from "../support/command-lines.js";

const execute = promisify(execFile);

describeWithRealEngine("the image of docker-gc", (engine) => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "docker-gc-image-"));
    await buildToolImage(engine().host, folder);
  }, 600_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function socket(): string {
    return engine().host.slice("unix://".length);
  }

  /** As the examples say, on an engine without a network, with as few rights as kubernetes.yml gives. */
  async function runImage(args: readonly string[], volumes: readonly string[] = []): Promise<JsonReport> {
    const usual = [`${socket()}:/var/run/docker.sock`, "docker-gc:/var/lib/docker-gc"];
    const mounts = [...usual, ...volumes].flatMap((volume) => ["--volume", volume]);
    const rights = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    const options = ["--rm", "--network", "none", ...rights, ...mounts];
    const words = ["run", ...options, "docker-gc", "--output", "json", ...args];
    return JSON.parse(await docker(engine().host, words, folder)) as JsonReport;
  }

  it("looks at the engine whose socket it is given, and sees itself in use", async () => {
    const report = await runImage(["--dry-run"]);
    expect(report).toMatchObject({ mode: "dry-run", warnings: [], exitCode: 0 });
    expect(imageNamed(report, "docker-gc:latest").reasons).toContain("in-use");
  });

  it("finds the ledger of its last run in the volume, and removes what has been idle since", async () => {
    await runImage([]);
    await engine().client.loadImage({ name: "old:1", layers: [2 * 1024 * 1024] });
    // Idle for longer than the second that it may be.
    await sleep(1_500);
    const report = await runImage([
      "--max-age",
      "1s",
      "--grace",
      "0s",
      "--keep-recent",
      "0",
      "--only",
      "old:*",
    ]);
    expect(report.observation).toMatchObject({ continuous: true, gap: null });
    expect(imageNamed(report, "old:1")).toMatchObject({ reasons: ["age"], outcome: "removed" });
  });

  it("runs as another user than root, with the socket's group, and keeps its ledger in a volume of its own", async () => {
    const { gid } = await stat(socket());
    const asNobody = (args: readonly string[]): Promise<string> => {
      const volumes = [`${socket()}:/var/run/docker.sock`, "docker-gc-nobody:/state/docker-gc"];
      const mounts = volumes.flatMap((volume) => ["--volume", volume]);
      return docker(
        engine().host,
        ["run", "--rm", "--network", "none", "--user", `65534:${gid}`, ...mounts, "docker-gc", ...args],
        folder,
      );
    };
    expect(await asNobody([])).toContain("Nothing to remove.");
    expect(await asNobody(["history", "--verbose"])).toMatch(/1 run/);
    expect(await asNobody(["config"])).toContain("/state/docker-gc/ledger.db");
  });

  it("measures the filesystem of the engine's root where that is in its own place", async () => {
    const { text } = await engine().client.request("GET", "/info");
    const { DockerRootDir: root } = JSON.parse(text) as { readonly DockerRootDir: string };
    const report = await runImage(["--dry-run", "--min-free", "1K"], [`${root}:${root}:ro`]);
    expect(report.filesystem).toMatchObject({ path: root });
    await expect(runImage(["--dry-run", "--min-free", "1K"])).rejects.toThrow(
      "run docker-gc on the engine's host",
    );
  });

  it(
    "runs on each node of a swarm, and again when the service is updated",
    { timeout: 300_000 },
    async () => {
      const { client, host } = engine();
      const address = { ListenAddr: "127.0.0.1:0", AdvertiseAddr: "127.0.0.1" };
      expect((await client.request("POST", "/swarm/init", address)).status).toBe(200);
      const service = (...args: readonly string[]): Promise<string> =>
        docker(host, ["service", ...args, "docker-gc"], folder);
      const taskAfter = async (former: string): Promise<string> => {
        const ofTask = ["--no-trunc", "--format", "{{.ID}} {{.CurrentState}}"];
        const states = expect.poll(() => service("ps", ...ofTask), { timeout: 100_000, interval: 500 });
        await states.toMatch(new RegExp(`^(?!${former} )\\w+ Complete `));
        return (await service("ps", "--quiet", "--no-trunc")).trim();
      };
      try {
        const config = join(folder, "config.yaml");
        await writeFile(config, "max-age: 12d\nverbose: true\n");
        const usual = { PATH: process.env["PATH"], DOCKER_HOST: host, DOCKER_CONFIG: folder };
        const env = { ...usual, SOCKET: socket(), CONFIG: config };
        await execute("sh", [join(projectRoot, "examples/swarm.sh")], { env });
        const first = await taskAfter("no task");
        const said = await service("logs", "--raw");
        expect(said).toMatch(/^Nothing to remove\./m);
        expect(said).toContain("idle for 12d go");

        const again =
          /^#   docker (service update .*) docker-gc {2}/m.exec(readExample("swarm.sh"))?.[1] ?? "";
        await docker(host, [...again.split(" "), "docker-gc"], folder);
        await taskAfter(first);
        expect(await service("logs", "--raw")).toContain("without a gap");
      } finally {
        await client.request("POST", "/swarm/leave?force=1");
      }
    },
  );
});
