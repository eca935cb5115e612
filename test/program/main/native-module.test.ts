import { execFile } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine } from "../../support/small-engine.js";

/** The program as it is installed, with this in the place of the binary of better-sqlite3; null for nothing. */
function installWith(binary: string | null): string {
  const folder = temporaryFolder();
  cpSync(join(projectRoot, "dist"), join(folder, "dist"), { recursive: true });
  if (binary === null) return join(folder, "dist/main.cjs");
  const path = join(folder, "node_modules/better-sqlite3/build/Release/better_sqlite3.node");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, binary);
  return join(folder, "dist/main.cjs");
}

describe("a native module that this Node cannot load, as after an upgrade of Node,", () => {
  it.each([
    ["because it is missing", null, "Cannot find module"],
    ["because it was made for something else", "no binary", "better_sqlite3.node: "],
  ])("%s, ends a run with 5 and a sentence that says what to do", async (_, binary, problem) => {
    const program = installWith(binary);
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
      expect(said).toContain(
        'run "npm rebuild --global" after a change of Node, or install docker-gc again.',
      );
    }
  });

  it("does not keep the help and the version from being shown", async () => {
    const program = installWith(null);
    for (const args of [["--help"], ["--version"]])
      expect(await run(program, args, temporaryFolder())).toMatchObject({ code: 0, said: "" });
  });
});

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
