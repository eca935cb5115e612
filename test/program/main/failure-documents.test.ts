import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acquireLock } from "../../../src/ledger/file/lock.js";
import { problemsOf } from "../../repository/schema-documents.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine } from "../../support/small-engine.js";

const nowhere = "unix:///nowhere/engine.sock";

describe("with -o json, a command that fails prints one document as well", () => {
  it.each<[string, readonly string[], number, Record<string, string>]>([
    ["a command line that is refused", ["-o", "json", "--banana"], 2, {}],
    ["the same, asked for in the environment", ["--banana"], 2, { DOCKER_GC_OUTPUT: "json" }],
    ["a setting that is refused", ["--output=json", "--max-age", "banana"], 2, {}],
    ["an engine that is not there", ["-ojson", "--host", nowhere], 4, {}],
    ["status of such an engine", ["status", "-o", "json", "--host", nowhere], 4, {}],
  ])("%s", async (_, args, exitCode, env) => {
    const result = await runHere(args, { env });
    expect(result.exitCode).toBe(exitCode);
    expect(problemsOf(result.stdout, "failure")).toEqual([]);
    const document = JSON.parse(result.stdout) as Record<string, unknown>;
    expect(document).toMatchObject({ schema: 1, kind: "failure", exitCode });
    expect(result.stderr).toBe(`docker-gc: ${String(document["message"])}\n`);
  });

  it("a ledger that cannot be used, and a lock that another run holds", async () => {
    const { host } = await practiceEngine();
    const broken = join(temporaryFolder(), "ledger.db");
    writeFileSync(broken, "banana");
    const refused = await runHere(["-o", "json"], { host, ledger: broken });
    expect(JSON.parse(refused.stdout)).toMatchObject({ kind: "failure", exitCode: 5 });
    const ledger = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    const locked = await runHere(["-o", "json", "--quiet"], { host, ledger });
    lock.release();
    expect(JSON.parse(locked.stdout)).toMatchObject({ kind: "failure", exitCode: 75 });
    expect(locked.stderr).toBe("");
  });

  it("text stays text", async () => {
    expect(await runHere(["--host", nowhere])).toMatchObject({ exitCode: 4, stdout: "" });
  });

  it("in Markdown, the failure stands in the document as well, unless it is to be quiet", async () => {
    const failed = await runHere(["status", "-o", "markdown", "--host", nowhere]);
    expect(failed).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(/^docker-gc: .+\n$/) as string,
    });
    expect(failed.stdout).toMatch(/^## docker-gc\n\n\*\*Failed with exit code 4:\*\* .+\n$/);
    const quiet = await runHere(["--quiet", "-o", "markdown", "--host", nowhere]);
    expect(quiet).toMatchObject({ exitCode: 4, stdout: "" });
    expect(quiet.stderr).toContain("docker-gc: ");
  });
});

it("config prints no control of a terminal in any format", async () => {
  const args = ["config", "--keep", "re:a\u202eb\u009b2J"];
  for (const output of ["json", "text", "markdown"]) {
    const { stdout } = await runHere([...args, "-o", output]);
    expect(stdout).not.toMatch(/[\u202e\u009b]/);
    expect(stdout).toContain("202e");
  }
});
