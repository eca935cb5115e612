import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completionScript, shells } from "../../../src/cli/manual/completion.js";
import { commands } from "../../../src/cli/commands.js";
import { isTakenBy, options } from "../../../src/cli/options/options.js";
import { runCli } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** What bash offers for the last of these words, as its own line editor splits them. */
function offeredByBash(words: readonly string[], folder = temporaryFolder()): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = [
    completionScript("bash"),
    `COMP_WORDS=(docker-gc ${quoted}); COMP_CWORD=${words.length}`,
    `_docker_gc; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n");
  const output = execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8", cwd: folder });
  return output.split("\n").filter((line) => line !== "");
}

describe("bash", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["commands", [""], [...commands.map(({ name }) => name), "help", "version"]],
    ["commands behind help", ["help", "st"], ["status"]],
    ["a command that is begun", ["his"], ["history"]],
    ["choices", ["--output", ""], ["text", "json", "markdown"]],
    ["choices behind an equals sign", ["--output", "="], ["text", "json", "markdown"]],
    ["choices behind an equals sign that are begun", ["--output", "=", "j"], ["json"]],
    ["choices of a short option", ["-o", "t"], ["text"]],
    ["what switches a limit off", ["status", "--max-age", ""], ["off"]],
    ["nothing for what nobody can guess", ["--grace", ""], []],
    ["shells", ["completion", ""], ["bash", "zsh", "fish"]],
    ["options of a run where no command is named", ["--dry"], ["--dry-run"]],
    ["no options of a run for a command that has others", ["history", "--dry"], []],
    ["the command's own", ["history", "--si"], ["--since"]],
  ])("offers %s", (_, words, expected) => {
    expect(offeredByBash(words)).toEqual(expected);
  });

  it.each(commands.map(({ name }) => name))("offers all options of %s", (name) => {
    const own = options.filter((option) => isTakenBy(option, name));
    const offered = offeredByBash([name, "--"]);
    expect(offered.sort()).toEqual(own.map((option) => `--${option.name}`).sort());
  });

  it("offers files, also with blanks in their names", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "keep this.txt"), "");
    mkdirSync(join(folder, "kept"));
    expect(offeredByBash(["--keep-file", "kee"], folder)).toEqual(["keep this.txt"]);
    expect(offeredByBash(["--keep-file", "=", "kep"], folder)).toEqual(["kept"]);
  });
});

describe("every shell's script", () => {
  it.each(shells)("names all commands and options, and comes from the command: %s", async (shell) => {
    const script = completionScript(shell);
    for (const { name } of commands) expect(script).toContain(name);
    for (const { name } of options) expect(script).toContain(shell === "fish" ? `-l ${name}` : `--${name}`);
    expect(await runCli(["completion", shell], { ledger: null })).toMatchObject({
      exitCode: 0,
      stdout: script,
      stderr: "",
    });
  });

  it("is refused for a shell that is not known", async () => {
    expect(await runCli(["completion", "tcsh"], { ledger: null })).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
