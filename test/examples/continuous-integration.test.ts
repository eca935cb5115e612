import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readExample, settingsOf } from "./command-lines.js";

interface Step {
  readonly run?: string;
  readonly if?: string;
  readonly "continue-on-error"?: boolean;
}

describe("a clean-up step of GitLab CI", () => {
  const pipeline = parse(readExample("gitlab-ci.yml")) as Record<string, Record<string, unknown>>;

  it("is in the hidden job that the build extends", () => {
    expect(Object.keys(pipeline)).toEqual([".collect-images", "build"]);
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
    expectCleanUp([build.steps.at(-1)?.run ?? ""]);
  });
});

function expectCleanUp(script: readonly string[]): void {
  expect(script).toHaveLength(1);
  const settings = settingsOf(script[0] ?? "");
  expect(settings).toMatchObject({ mode: "run", lockWaitMs: 60_000, warnings: [] });
  expect(settings.policy.graceMs).toBeGreaterThanOrEqual(3600_000);
  // A ledger in the job's own folder would be gone with it.
  expect(settings.ledgerPath).toMatch(/^\/srv\//);
}
