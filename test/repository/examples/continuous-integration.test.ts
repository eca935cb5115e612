import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { readExample, settingsOf } from "../../support/command-lines.js";

interface Step {
  readonly run?: string;
  readonly if?: string;
  readonly "continue-on-error"?: boolean;
}

describe("a clean-up step of GitLab CI", () => {
  const pipeline = parse(readExample("gitlab-ci.yml")) as Record<string, Record<string, unknown>>;

  it("is in the hidden job that the build extends", () => {
    expect(Object.keys(pipeline)).toEqual([".collect-images", "build"]);
    expectMark(pipeline[".collect-images"]?.["before_script"], pipeline[".collect-images"]?.["after_script"]);
    expect(pipeline["build"]).toMatchObject({ extends: ".collect-images" });
    expect(pipeline["build"]).not.toHaveProperty("after_script");
  });

  it("runs a command that docker-gc takes, after the job's own script", () => {
    expectCleanUp(pipeline[".collect-images"]?.["after_script"] as string[]);
  });
});

describe("a clean-up step of GitHub Actions", () => {
  const workflow = parse(readExample("github-actions.yml")) as {
    readonly jobs: { readonly build: { readonly "runs-on": string[]; readonly steps: Step[] } };
  };
  const { build } = workflow.jobs;

  it("is the last step, on a machine that stays, and runs whatever became of the others", () => {
    expect(build["runs-on"]).toContain("self-hosted");
    expect(build.steps.at(-1)).toMatchObject({ if: "always()", "continue-on-error": true });
  });

  it("runs a command that docker-gc takes", () => {
    const line = build.steps.at(-1)?.run ?? "";
    expectMark(build.steps[0]?.run, line);
    expectCleanUp([line]);
    expect(settingsOf(line).output).toBe("markdown");
    expect(line).toMatch(/ >> "\$GITHUB_STEP_SUMMARY"$/);
  });
});

describe("a clean-up step of Jenkins", () => {
  const pipeline = readExample("Jenkinsfile");
  const [, always = ""] = /\n {2}post \{.*?\n {4}always \{\n([^]*?)\n {4}\}/s.exec(pipeline) ?? [];

  it("has all its brackets", () => {
    const brackets = pipeline.replace(/\/\/.*$|'[^']*'/gm, "").replace(/[^(){}]/g, "");
    let left = brackets;
    while (/\(\)|\{\}/.test(left)) left = left.replace(/\(\)|\{\}/g, "");
    expect(brackets.length).toBeGreaterThan(10);
    expect(left).toBe("");
  });

  it("runs whatever became of the build, and does not change its result", () => {
    expect(always).toMatch(/^ {6}catchError\(buildResult: 'SUCCESS', stageResult: 'UNSTABLE'\) \{$/m);
  });

  it("runs a command that docker-gc takes", () => {
    expectMark(/sh '(docker-gc mark .*)'/.exec(pipeline)?.[1], always);
    expectCleanUp([...always.matchAll(/^ *sh '(.*)'$/gm)].map(([, line]) => line ?? ""));
  });
});

describe("a clean-up hook of Buildkite", () => {
  const path = join(projectRoot, "examples/buildkite-pre-exit");

  it("runs a command that docker-gc takes", () => {
    const hook = readExample("buildkite-pre-exit");
    const lines = hook.matchAll(/^(docker-gc .*?) \|\|$/gm);
    expectMark(/^# {3}(docker-gc mark .*)$/m.exec(hook)?.[1], hook);
    expectCleanUp([...lines].map(([, line]) => line ?? ""));
  });

  it.each([
    ["says that the run was made", 0, ["~~~ Collecting images"]],
    ["shows what a failed run said, and does not fail the job", 6, ["~~~ Collecting images", "^^^ +++"]],
  ])("%s", async (_, exitCode, lines) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "docker-gc"), `#!/bin/sh\nexit ${exitCode}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    // The agent runs it itself: it must be executable.
    const { stdout, stderr } = await promisify(execFile)(path, [], { env });
    expect({ lines: stdout.trim().split("\n"), stderr }).toEqual({ lines, stderr: "" });
  });
});

/** The job begins with the mark that it ends with. */
function expectMark(first: unknown, last: unknown): void {
  const [, mark] = /^docker-gc mark ("\$\w+[^"]*"|"[^"]*\$\w+[^"]*")$/.exec(String(first)) ?? [];
  expect(String(last)).toContain(`--since-mark ${mark ?? "the mark"} `);
}

function expectCleanUp(script: readonly string[]): void {
  expect(script).toHaveLength(1);
  const settings = settingsOf(script[0] ?? "");
  expect(settings).toMatchObject({ mode: "run", lockWaitMs: 60_000, warnings: [] });
  expect(settings.policy.graceMs).toBeGreaterThanOrEqual(3600_000);
  expect(settings.job?.labels).toHaveLength(1);
  // A ledger in the job's own folder would be gone with it.
  expect(settings.ledgerPath).toMatch(/^\/srv\//);
}
