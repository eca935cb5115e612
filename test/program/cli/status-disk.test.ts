import { describe, expect, it } from "vitest";
import { day, startScene, type Scene } from "../../support/scene.js";
import { runHere } from "../../support/run-cli.js";

async function sceneWithEnded(apiVersion: string): Promise<Scene> {
  const scene = await startScene({ apiVersion });
  // Each container has written a little.
  scene.practice.onRequest = (_, path) =>
    path.endsWith("type=container")
      ? { kind: "transform", body: (text) => text.replaceAll('"SizeRootFs"', '"SizeRw":10,"SizeRootFs"') }
      : undefined;
  scene.engine.load({ name: "held:1", bytes: 5 * 1024 * 1024 });
  scene.engine.load({ name: "busy:1", bytes: 1024 * 1024 });
  const once = scene.engine.createContainer("held:1");
  scene.engine.startContainer(once);
  scene.engine.endContainer(once);
  scene.engine.startContainer(scene.engine.createContainer("busy:1"));
  scene.clock.pass(3 * day);
  scene.engine.createContainer("held:1");
  await scene.run();
  return scene;
}

async function statusOf(scene: Scene, ...argv: readonly string[]) {
  const options = { host: `unix://${scene.practice.socketPath}`, ledger: scene.ledgerPath };
  return runHere(["status", "--color", "never", ...argv], options);
}

const questions = (scene: Scene) => scene.requests("GET").filter((path) => path.startsWith("/system/df"));

describe("status --disk", () => {
  it("shows what else there is, what ended containers hold, and docker's commands to free it", async () => {
    const scene = await sceneWithEnded("1.51");
    scene.practice.requests.length = 0;
    const { stdout, exitCode } = await statusOf(scene, "--disk");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/containers +3 +30 B +2 ended: 20 B +docker container prune/);
    expect(stdout).toMatch(/volumes +0 +0 B *\n/);
    expect(stdout).toMatch(
      /2 containers that ended, made \d+s to 3d ago, hold 1 image with 5 MiB, which may go once they go\./,
    );
    expect(questions(scene).sort()).toEqual(
      ["build-cache", "container", "volume"].map((type) => `/system/df?type=${type}`),
    );
  });

  it("has the same in JSON, and null where it was not asked for", async () => {
    const scene = await sceneWithEnded("1.51");
    const documentOf = async (...argv: string[]) =>
      JSON.parse((await statusOf(scene, "--output", "json", ...argv)).stdout) as { readonly disk: unknown };
    expect((await documentOf("--disk")).disk).toEqual({
      parts: [
        { kind: "containers", known: true, count: 3, bytes: 30, unusedCount: 2, unusedBytes: 20 },
        { kind: "volumes", known: true, count: 0, bytes: 0, unusedCount: 0, unusedBytes: 0 },
        { kind: "build-cache", known: true, count: 0, bytes: 0, unusedCount: 0, unusedBytes: 0 },
      ],
      heldByEnded: {
        containers: 2,
        images: 1,
        bytes: 5 * 1024 * 1024,
        oldestAt: expect.any(String) as unknown,
        newestAt: expect.any(String) as unknown,
      },
    });
    scene.practice.requests.length = 0;
    expect((await documentOf()).disk).toBeNull();
    expect(questions(scene)).toEqual([]);
  });

  it("is silent about nothing: an engine that cannot be asked for it alone is said to be one", async () => {
    const scene = await sceneWithEnded("1.41");
    scene.practice.requests.length = 0;
    const { stdout, exitCode } = await statusOf(scene, "--disk");
    expect(exitCode).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain("The engine does not report its volumes: it can be asked");
    expect(questions(scene)).toEqual([]);
  });

  it("does not wait for one that measures for ever, and shows the rest", async () => {
    const scene = await sceneWithEnded("1.51");
    scene.practice.onRequest = (_, path) => (path.endsWith("type=volume") ? { kind: "hang" } : undefined);
    const { stdout, exitCode } = await statusOf(scene, "--disk", "--timeout", "2s");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("docker container prune");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "The engine does not report its volumes: there was no answer within 2 s.",
    );
  });

  it("goes with status alone", async () => {
    const { exitCode, stderr } = await runHere(["--disk"], {});
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--disk");
  });
});
