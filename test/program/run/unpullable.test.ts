import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { Fault } from "../../practice-engine/fault.js";
import {
  day,
  everything,
  hour,
  imageIn,
  outcomesOf,
  second,
  startScene,
  type Scene,
} from "../../support/scene.js";

const rules = { ...everything, keepUnpullable: "all" } as const;

/** What the registry says of the image that it should have under this name. */
type Registry = "has it" | "has another" | Fault;

async function sceneWith(registry: Readonly<Record<string, Registry>>) {
  const scene = await startScene();
  const ids = new Map<string, ImageId>();
  for (const name of Object.keys(registry)) {
    ids.set(name, scene.engine.pull({ name, bytes: 100 }));
    scene.clock.pass(second);
  }
  const digestOf = (name: string): string => {
    const id = ids.get(name);
    const digest =
      id === undefined ? undefined : scene.engine.images.namesOf(id).find((each) => each.includes("@"));
    return digest?.split("@")[1] ?? "";
  };
  const said = { ...registry };
  scene.practice.onRequest = (_, path) => {
    const [, name] = /^\/distribution\/(.*)\/json$/.exec(path) ?? [];
    const answer = name === undefined ? undefined : said[name];
    if (name === undefined || answer === undefined) return undefined;
    if (typeof answer === "object") return answer;
    const digest = answer === "has it" ? digestOf(name) : `sha256:${"0".repeat(64)}`;
    return { kind: "answer", status: 200, body: { Descriptor: { digest, size: 1 }, Platforms: [] } };
  };
  return { scene, said };
}

const questions = (scene: Scene) =>
  scene.requests("GET").filter((path) => path.startsWith("/distribution/")).length;

/** What becomes of each image, or why it stays. */
function endsIn(report: RunReport): Record<string, string> {
  return Object.fromEntries(
    report.images.map(({ image, outcome, verdict }) => [
      image.tags[0] ?? image.id,
      outcome ?? `${verdict.kind}: ${verdict.reasons.join()}`,
    ]),
  );
}

const refusal = (status: number, message: string): Fault => ({ kind: "answer", status, body: { message } });

describe("--keep-unpullable", () => {
  it("lets go what a registry still has, and keeps the rest for a day, in a dry run as well", async () => {
    const { scene } = await sceneWith({
      "has:1": "has it",
      "moved:1": "has another",
      "deleted:1": refusal(404, "manifest unknown"),
      "closed:1": refusal(401, "no basic auth credentials"),
      "down:1": refusal(500, "connection refused"),
    });
    const kept = ["moved:1", "deleted:1", "closed:1", "down:1"];
    const ends = (how: string) => Object.fromEntries(kept.map((name) => [name, how]));

    const first = await scene.run(rules);
    expect(endsIn(first)).toEqual({ "has:1": "removed", ...ends("skipped") });
    expect(imageIn(first, "deleted:1").outcomeDetail).toContain("manifest unknown");
    expect(exitCodeOf(first)).toBe(6);
    expect(first.unmetLimits[0]?.holders.map(({ reason }) => reason)).toEqual(["unpullable"]);
    expect(questions(scene)).toBe(5);

    expect(endsIn(await scene.run(rules, { mode: "dry-run" }))).toEqual(ends("keep: unpullable"));
    scene.clock.pass(23 * hour);
    const second = await scene.run(rules);
    expect(endsIn(second)).toEqual(ends("keep: unpullable"));
    expect(imageIn(second, "closed:1").unpullable?.detail).toContain("no basic auth credentials");
    expect(questions(scene)).toBe(5);
    expect(scene.deletes()).toHaveLength(1);
  });

  it("asks again after a day, and lets go what has come back", async () => {
    const { scene, said } = await sceneWith({ "web:1": refusal(404, "manifest unknown") });
    await scene.run(rules);
    said["web:1"] = "has it";
    expect(endsIn(await scene.run(rules))).toEqual({ "web:1": "keep: unpullable" });
    scene.clock.pass(day);
    expect(endsIn(await scene.run(rules))).toEqual({ "web:1": "removed" });
  });

  it("keeps nothing of what it remembers where it is left out", async () => {
    const { scene } = await sceneWith({ "web:1": refusal(404, "manifest unknown") });
    await scene.run(rules);
    expect(endsIn(await scene.run(everything))).toEqual({ "web:1": "removed" });
    expect(scene.record().failedRemovals.size).toBe(0);
  });

  it("asks for nothing in a dry run, or without it", async () => {
    const { scene } = await sceneWith({ "web:1": "has it" });
    expect(endsIn(await scene.run(rules, { mode: "dry-run" }))).toEqual({ "web:1": "remove: quota" });
    await scene.run(everything);
    expect(questions(scene)).toBe(0);
  });

  it("keeps what was built here, without a question", async () => {
    const { scene } = await sceneWith({});
    scene.engine.buildkit({ name: "built:1" });
    expect(endsIn(await scene.run(rules))).toEqual({ "built:1": "skipped" });
    expect(endsIn(await scene.run(rules))).toEqual({ "built:1": "keep: unpullable" });
    expect(questions(scene)).toBe(0);
  });

  it("counts bytes that stay so against a quota: others go in the next run", async () => {
    const { scene } = await sceneWith({ "lost:1": refusal(404, "manifest unknown"), "web:1": "has it" });
    const quota = { ...rules, quotaBytes: 150 };
    expect(outcomesOf(await scene.run(quota))).toEqual({ "lost:1": "skipped", "web:1": null });
    expect(outcomesOf(await scene.run(quota))).toEqual({ "lost:1": null, "web:1": "removed" });
  });

  it("waits for a registry no longer than a call may take, and goes on without it", async () => {
    const { scene } = await sceneWith({
      "slow.example/web:1": { kind: "hang" },
      "slow.example/api:1": { kind: "hang" },
      "fast.example/web:1": "has it",
    });
    const report = await scene.run(rules, { timeoutMs: 3000 });
    expect(endsIn(report)).toEqual({
      "slow.example/web:1": "skipped",
      "slow.example/api:1": "skipped",
      "fast.example/web:1": "removed",
    });
    expect(imageIn(report, "slow.example/web:1").outcomeDetail).toContain("within 3 s");
    expect(questions(scene)).toBe(2);
    // That one was not asked about, so nothing is known of it.
    expect(endsIn(await scene.run(rules, { mode: "dry-run" }))).toMatchObject({
      "slow.example/web:1": "keep: unpullable",
      "slow.example/api:1": "remove: quota",
    });
  });

  it("spares an image that is used while its registry is asked", async () => {
    const { scene } = await sceneWith({ "web:1": "has it" });
    const answer = scene.practice.onRequest;
    scene.practice.onRequest = (method, path) => {
      if (path.startsWith("/distribution/")) scene.engine.run("web:1");
      return answer?.(method, path);
    };
    const report = await scene.run(rules);
    expect(imageIn(report, "web:1")).toMatchObject({
      outcome: "skipped",
      outcomeDetail: "It was used after the plan was made.",
    });
  });
});
