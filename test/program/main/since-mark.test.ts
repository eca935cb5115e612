import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { practiceEngine } from "../../support/small-engine.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

async function job() {
  const practice = await practiceEngine();
  const mark = join(temporaryFolder(), "mark");
  const options = { host: practice.host };
  const begun = await runHere(["mark", mark], { ...options, ledger: null });
  expect(begun).toMatchObject({
    exitCode: 0,
    stdout: `Marked 2 images of practice in ${mark}.\n`,
    stderr: "",
  });
  const end = (...args: readonly string[]) => runHere(["run", "--since-mark", mark, ...args], options);
  return { practice, engine: practice.engine, mark, options, end };
}

function namesIn({ images }: Awaited<ReturnType<typeof job>>["engine"]): string[] {
  return [...images.all()].flatMap(({ id }) => images.namesOf(id)).sort();
}

const before = ["docker.io/library/app:1", "docker.io/library/app:2"];

describe("a run at the end of a job", () => {
  it("removes what it has made, at once, and nothing else", async () => {
    const { engine, end } = await job();
    engine.load({ name: "ci/a:1", content: "a1" });
    engine.load({ name: "ci/a:2", content: "a2" });
    engine.load({ name: "ci/b:1", content: "b1" });
    engine.pull({ name: "ci/a:base", content: "base" });
    const result = await end("--only", "ci/a:*");
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toContain("made since the mark");
    expect(namesIn(engine).filter((name) => !name.includes("@"))).toEqual([
      "docker.io/ci/a:base",
      "docker.io/ci/b:1",
      ...before,
    ]);
  });

  it("leaves what a container still uses, and what was tagged for somebody else", async () => {
    const { engine, end } = await job();
    engine.load({ name: "ci/a:1", content: "a1" });
    engine.createContainer("ci/a:1");
    engine.load({ name: "ci/a:2", content: "a2" });
    engine.tag("ci/a:2", "other:1");
    expect((await end("--only", "ci/a:*")).exitCode).toBe(0);
    expect(namesIn(engine)).toEqual([
      "docker.io/ci/a:1",
      "docker.io/ci/a:2",
      ...before,
      "docker.io/library/other:1",
    ]);
  });

  it("takes what a build wrote the ID of, and goes on where a build wrote none", async () => {
    const { engine, end, mark } = await job();
    const id = engine.load({ name: "ci/a:1", content: "a1" });
    writeFileSync(`${mark}.iid`, id);
    writeFileSync(`${mark}.none`, "");
    const result = await end("--iidfile", `${mark}.iid`, "--iidfile", `${mark}.none`);
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain(`no build has written an ID to ${mark}.none`);
    expect(namesIn(engine)).toEqual(before);
  });

  it("leaves what it cannot tell from a pull, as the engine has forgotten what happened, and says so", async () => {
    const { engine, end } = await job();
    engine.pull({ name: "ci/a:1", content: "a1" });
    for (let count = 0; count < 300; count += 1) engine.tag("app:1", `other:${count % 2}`);
    const result = await end("--only", "ci/a:*");
    expect(result.stdout).toContain(
      "ci/a:1 came after the mark and stays: the engine no longer remembers whether it was made here or pulled",
    );
    expect(namesIn(engine)).toContain("docker.io/ci/a:1");
  });

  it("shows the same in a dry run, in JSON and in an explanation, and removes nothing", async () => {
    const { engine, end, mark, options } = await job();
    engine.load({ name: "ci/a:1", content: "a1" });
    const args = ["--since-mark", mark, "--only", "ci/a:*"];
    const dry = await end("--only", "ci/a:*", "--dry-run", "-o", "json");
    const { images, policy } = JSON.parse(dry.stdout) as { images: { reasons: string[] }[]; policy: object };
    expect(policy).toMatchObject({ sinceMark: true });
    expect(images.flatMap(({ reasons }) => reasons)).toContain("since-mark");
    const explained = await runHere(["explain", "ci/a:1", ...args], options);
    expect(explained.stdout).toMatch(/--since-mark +removes/);
    expect(namesIn(engine)).toHaveLength(3);
  });
});

describe("a mark", () => {
  it("of another engine ends the run with 2, and nothing goes", async () => {
    const { mark } = await job();
    const other = await practiceEngine({ id: "OTHE:R000" });
    other.engine.load({ name: "ci/a:1", content: "a1" });
    const result = await runHere(["run", "--since-mark", mark, "--only", "ci/a:*"], { host: other.host });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toMatch(
      /^docker-gc: --since-mark: the mark was made of another engine than practice.*\n$/,
    );
    expect(namesIn(other.engine)).toContain("docker.io/ci/a:1");
  });

  it.each<[string, readonly string[], string]>([
    ["that is not there", ["--since-mark", "/nowhere/mark", "--only", "a"], "cannot be read"],
    ["that is none", ["--since-mark", "package.json", "--only", "a"], "is not a mark"],
    ["that does not say whose images", ["--since-mark", "package.json"], "expected --only, --own-label"],
  ])("%s ends the run with 2", async (_, args, sentence) => {
    const practice = await practiceEngine();
    const result = await runHere(["run", ...args], { host: practice.host });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(sentence);
    expect(practice.requests.filter(({ method }) => method === "DELETE")).toEqual([]);
  });

  it("that is missing, where what a job has made is named, ends the run with 2", async () => {
    const practice = await practiceEngine();
    const result = await runHere(["run", "--own-label", "job=7"], { host: practice.host });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("expected --since-mark FILE as well");
  });

  it("is told to programs, too", async () => {
    const { mark, options } = await job();
    const { stdout } = await runHere(["mark", mark, "-o", "json"], { ...options, ledger: null });
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, kind: "mark", file: mark, images: 2 });
  });
});
