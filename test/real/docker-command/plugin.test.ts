import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { practiceEngine, removeAll } from "../../support/small-engine.js";
import { runDocker, type DockerCommandResult } from "../../support/docker-command.js";
import { describeWithPrograms } from "../../support/programs.js";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

describeWithPrograms("docker gc", ["docker"], () => {
  let home: string;
  let gc: (args: readonly string[], env?: Record<string, string>) => Promise<DockerCommandResult>;

  beforeEach(() => {
    home = temporaryFolder();
    const plugins = join(home, ".docker/cli-plugins");
    mkdirSync(plugins, { recursive: true });
    symlinkSync(join(projectRoot, "bin/docker-gc.js"), join(plugins, "docker-gc"));
    const always = { HOME: home, DOCKER_GC_CONFIG: "/dev/null", DOCKER_GC_LEDGER: join(home, "ledger.db") };
    gc = (args, env = {}) => runDocker(args, { ...always, ...env });
  });

  it("is a command of docker", async () => {
    expect((await gc(["--help"])).stdout).toMatch(/^ +gc\* +Remove images by last use/m);
  });

  it("makes a dry run and a run, on the engine that docker is told to use", async () => {
    const practice = await practiceEngine();
    const before = [
      ["-H", practice.host],
      ["--host", practice.host],
      ["-D", `-H=${practice.host}`],
    ];
    for (const global of before) {
      const dry = await gc([...global, "gc", "--dry-run", ...removeAll]);
      expect(dry).toMatchObject({ exitCode: 0 });
      expect(dry.stdout).toMatch(/^Would free .* by removing 2 of 2 images\. Dry run/);
    }
    expect(practice.engine.images.size).toBe(2);
    const run = await gc(["gc", ...removeAll], { DOCKER_HOST: practice.host });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(practice.engine.images.size).toBe(0);
  });

  it("follows docker's contexts", async () => {
    const practice = await practiceEngine();
    await gc(["context", "create", "practice", "--docker", `host=${practice.host}`]);
    const engine = new RegExp(`at ${practice.host}$`, "m");
    expect((await gc(["--context", "practice", "gc", "-n"])).stdout).toMatch(engine);
    expect((await gc(["gc", "-n", "--context", "practice"])).stdout).toMatch(engine);
    await gc(["context", "use", "practice"]);
    expect((await gc(["gc", "-n"])).stdout).toMatch(engine);
  });

  it("hands on exit codes, help and refusals", async () => {
    const nowhere = await gc(["-H", "unix:///nowhere.sock", "gc", "-n"]);
    expect(nowhere.exitCode).toBe(4);
    expect(nowhere.stderr).toContain("Cannot reach a Docker Engine at unix:///nowhere.sock");
    expect(await gc(["gc", "--banana"])).toMatchObject({ exitCode: 2, stdout: "" });
    expect((await gc(["gc", "--help"])).stdout).toMatch(/^Usage:\n {2}docker-gc /);
    expect((await gc(["gc", "config", "--help"])).stdout).toMatch(/^Usage:\n {2}docker-gc config /);
    expect((await gc(["help", "gc"])).stdout).toMatch(/^Usage:\n {2}docker-gc /);
    expect((await gc(["gc", "--version"])).stdout).toMatch(/^docker-gc \d/);
  });
});
