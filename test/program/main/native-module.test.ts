import { execFile } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine } from "../../support/small-engine.js";

type Binary = "of this Node" | "missing" | "for something else";

/** The program as it is installed where npm got no better-sqlite3, with this in the place of the binary that it brings. */
function installWith(binary: Binary): string {
  const folder = temporaryFolder();
  cpSync(join(projectRoot, "dist"), join(folder, "dist"), { recursive: true });
  const path = join(folder, "dist/better_sqlite3.node");
  if (binary === "missing") rmSync(path);
  if (binary === "for something else") writeFileSync(path, "no binary");
  return join(folder, "dist/main.cjs");
}

/** Node brings a SQLite of its own from 22.13 on. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const bringsSqlite = major > 22 || (major === 22 && minor >= 13);

describe("without better-sqlite3", () => {
  it("a run does with the binary that the package brings, or with what Node brings, and says nothing of it", async () => {
    await expectRuns(installWith("of this Node"));
  });

  it.each([
    ["missing", "Cannot find module"],
    ["for something else", "better_sqlite3.node: "],
  ] as const)(
    "and with a binary that is %s, Node's own stands in, or else a run ends with 5",
    async (binary, problem) => {
      const program = installWith(binary);
      if (bringsSqlite) await expectRuns(program);
      else await expectRefuses(program, problem);
    },
  );

  it("the help and the version are shown", async () => {
    const program = installWith("missing");
    for (const args of [["--help"], ["--version"]])
      expect(await run(program, args, temporaryFolder())).toMatchObject({ code: 0, said: "" });
  });
});

async function expectRuns(program: string): Promise<void> {
  const { host } = await practiceEngine();
  const home = temporaryFolder();
  const ledger = ["--ledger", join(home, "ledger.db")];
  for (const args of [["--quota", "1G"], ["--quota", "1G"], ["--dry-run"], ["history"]]) {
    const options = args[0] === "history" ? [] : ["--host", host];
    expect(await run(program, [...args, ...options, ...ledger], home)).toEqual({ code: 0, said: "" });
  }
}

async function expectRefuses(program: string, problem: string): Promise<void> {
  const { host } = await practiceEngine();
  for (const args of [[], ["--dry-run"], ["history"]]) {
    const home = temporaryFolder();
    const options = args[0] === "history" ? [] : ["--host", host];
    const { code, said } = await run(
      program,
      [...args, ...options, "--ledger", join(home, "ledger.db")],
      home,
    );
    expect(code).toBe(5);
    expect(said).toMatch(/^docker-gc: No ledger can be opened by Node v\d+[^\n]*\.\n$/);
    expect(said).toContain(problem);
    expect(said).toContain("use Node 22.13 or later");
  }
}

function run(
  program: string,
  args: readonly string[],
  home: string,
): Promise<{ code: unknown; said: string }> {
  const env = { PATH: process.env["PATH"], HOME: home, DOCKER_GC_CONFIG: "/dev/null" };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, _, said) => {
      resolve({ code: error === null ? 0 : error.code, said });
    });
  });
}
