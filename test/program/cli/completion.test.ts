import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completionScript, shells } from "../../../src/cli/manual/completion.js";
import { commands } from "../../../src/cli/commands.js";
import { isTakenBy, options } from "../../../src/cli/options/options.js";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { describeWithPrograms } from "../../support/programs.js";
import { projectRoot } from "../../support/project.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** What bash offers for the last of these words, as its own line editor splits them. */
function offeredByBash(
  words: readonly string[],
  { folder = temporaryFolder(), line = "", env = {} } = {},
): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = [
    completionScript("bash"),
    `COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}`,
    `COMP_WORDS=(docker-gc ${quoted}); COMP_CWORD=${words.length}`,
    `_docker_gc; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n");
  const options = { encoding: "utf8", cwd: folder, env: { ...process.env, ...env } } as const;
  const output = execFileSync("bash", ["--norc", "-c", script], options);
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
    expect(offeredByBash(["--keep-file", "kee"], { folder })).toEqual(["keep this.txt"]);
    expect(offeredByBash(["--keep-file", "=", "kep"], { folder })).toEqual(["kept"]);
  });
});

describe("every shell's script", () => {
  it.each(shells)("names all commands and options, and comes from the command: %s", async (shell) => {
    const script = completionScript(shell);
    for (const { name } of commands) expect(script).toContain(name);
    for (const { name } of options) expect(script).toContain(shell === "fish" ? `-l ${name}` : `--${name}`);
    expect(await runHere(["completion", shell], { ledger: null })).toMatchObject({
      exitCode: 0,
      stdout: script,
      stderr: "",
    });
  });

  it("is refused for a shell that is not known", async () => {
    expect(await runHere(["completion", "tcsh"], { ledger: null })).toMatchObject({
      exitCode: 2,
      stdout: "",
    });
  });
});

interface Host {
  readonly env: Readonly<Record<string, string>>;
}

/** A host with a ledger, from which an image was removed, and docker-gc on the path. The engine is not there any more. */
async function hostWithLedger(): Promise<Host> {
  const practice = await startPracticeEngine();
  const folder = temporaryFolder();
  const program = join(folder, "docker-gc");
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${projectRoot}/bin/docker-gc.js" "$@"\n`, {
    mode: 0o755,
  });
  const meta = join(folder, "docker/contexts/meta/some-digest");
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, "meta.json"), JSON.stringify({ Name: "build", Endpoints: {} }));
  const env = {
    PATH: `${folder}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    XDG_CACHE_HOME: join(projectRoot, "node_modules/.cache"),
    DOCKER_CONFIG: join(folder, "docker"),
    DOCKER_GC_LEDGER: join(folder, "ledger.db"),
  };
  for (const name of ["redis:7", "redis:6", "registry.example.com/shop/web:1", "gone:1"])
    practice.engine.pull({ name });
  const run = ["--host", practice.host, "--max-age=off"];
  await runHere(run, { env, ledger: null });
  const removing = ["--quota=1K", "--grace=0s", "--keep-recent=0", "--keep=redis:*", "--keep=**/web:*"];
  await runHere([...run, ...removing], { env, ledger: null });
  await practice.close();
  return { env };
}

const web = "registry.example.com/shop/web:1";

describe("names that the ledger knows", () => {
  it("come from the file alone, without a word on what is wrong", async () => {
    const { env } = await hostWithLedger();
    const before = readFileSync(env["DOCKER_GC_LEDGER"] ?? "");
    const ask = (...words: string[]) => runHere(["__complete", ...words], { env, ledger: null });
    for (const [words, lines] of [
      [
        ["explain", ""],
        ["gone:1", "redis:6", "redis:7", web, ":4"],
      ],
      [
        ["explain", "redis:7", "re"],
        ["redis:6", web, ":4"],
      ],
      [
        ["gc", "history", "g"],
        ["gone:1", ":4"],
      ],
      [
        ["--keep", ""],
        ["redis:6", "redis:7", web, ":4"],
      ],
      [["--only=redis:"], ["redis:6", "redis:7", ":4"]],
      [
        ["status", "-c", ""],
        ["default", "build", ":4"],
      ],
      [["--context=b"], ["build", ":4"]],
      [["mark", ""], [":0"]],
      [
        ["history", "--li"],
        ["--limit\tSo many rows.", ":4"],
      ],
      [
        ["status", "--output", "j"],
        ["json", ":4"],
      ],
      [["explain", "--ledger", "/nowhere/ledger.db", ""], [":4"]],
      [["explain", "--ledger=/etc/hostname", ""], [":4"]],
      [["explain", "--config=/nowhere", ""], [":4"]],
      [[], ["run", "status"]],
    ] as const) {
      const { exitCode, stdout, stderr } = await ask(...words);
      expect([exitCode, stderr], words.join(" ")).toEqual([0, ""]);
      const told = stdout.split("\n").slice(0, -1);
      if (words.length === 0)
        expect(told.map((line) => line.split("\t")[0])).toEqual(expect.arrayContaining([...lines]));
      else expect(told, words.join(" ")).toEqual(lines);
    }
    const id = (await ask("explain", "")).stdout;
    expect(id).not.toMatch(/^[0-9a-f]{12}$/m);
    expect(readFileSync(env["DOCKER_GC_LEDGER"] ?? "")).toEqual(before);
  });

  it("are offered by bash, which takes a colon for the end of a word", async () => {
    const { env } = await hostWithLedger();
    for (const [words, offered] of [
      [
        ["explain", "re"],
        ["redis:6", "redis:7", web],
      ],
      [
        ["explain", "redis", ":"],
        ["6", "7"],
      ],
      [["explain", "redis", ":", "7"], ["7"]],
      [["--keep", "=", "registry.example.com/shop/web", ":"], ["1"]],
      [["--context", "b"], ["build"]],
    ] as const) {
      const line = `docker-gc ${words.join(" ").replaceAll(/ (?=[:=])|(?<=[:=]) /g, "")}`;
      expect(offeredByBash(words, { line, env }), line).toEqual(offered);
    }
  });
});

describeWithPrograms("fish", ["fish"], () => {
  it("offers names that the ledger knows, and files where they are meant", async () => {
    const { env } = await hostWithLedger();
    const offered = (line: string) => {
      const script = `docker-gc completion fish | source; complete -C '${line}'`;
      const output = execFileSync("fish", ["--no-config", "-c", script], { encoding: "utf8", env });
      const lines = output.split("\n").filter((text) => text !== "");
      return lines.map((text) => text.replace(/\t.*/, ""));
    };
    expect(offered("docker-gc explain re")).toEqual(["redis:6", "redis:7", web]);
    expect(offered("docker-gc --keep=redis:6")).toEqual(["--keep=redis:6"]);
    expect(offered("docker-gc status --context b")).toEqual(["build"]);
    expect(offered("docker-gc mark /etc/hostn")).toEqual(["/etc/hostname"]);
  });
});

describeWithPrograms("zsh", ["zsh", "python3"], () => {
  it("offers names that the ledger knows, and files where they are meant", async () => {
    const { env } = await hostWithLedger();
    const folder = env["HOME"] ?? "";
    const told = join(folder, "told");
    writeFileSync(join(folder, "_docker-gc"), completionScript("zsh"));
    writeFileSync(join(folder, "a-mark"), "");
    // What is typed is read when the line editor is ready, one key after the other: nothing has to be waited for in between.
    const settings = [
      `cd ${folder}`,
      `fpath=(${folder} $fpath); autoload -Uz compinit; compinit -u -d ${folder}/dump`,
      `tell() { print -r -- "$BUFFER" >>${told}; zle .kill-buffer }; zle -N tell; bindkey '^G' tell`,
      "leave() { exit }; zle -N leave; bindkey '^O' leave",
      "PS1='ready> '",
    ];
    writeFileSync(join(folder, ".zshrc"), settings.join("\n"));
    const asked = [
      ["docker-gc explain redis:7 g", "docker-gc explain redis:7 gone:1 "],
      ["docker-gc explain redis:7 re", `docker-gc explain redis:7 re`],
      ["docker-gc --keep=regi", `docker-gc --keep=${web} `],
      ["docker-gc status --context b", "docker-gc status --context build "],
      ["docker-gc -c b", "docker-gc -c build "],
      ["docker-gc mark a-m", "docker-gc mark a-mark "],
      ["docker-gc his", "docker-gc history "],
      ["docker-gc history --sin", "docker-gc history --since"],
      ["docker-gc help what", "docker-gc help what-if "],
    ] as const;
    const typed = `${asked.map(([line]) => `${line}\t\u0007`).join("")}\u000f`;
    execFileSync(
      "python3",
      [join(projectRoot, "test/program/terminal/in-terminal.py"), "200", "zsh", "-d", "-i"],
      {
        env: { ...env, TERM: "dumb", ZDOTDIR: folder, ANSWERS: JSON.stringify([["ready> ", typed]]) },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    expect(readFileSync(told, "utf8").split("\n").slice(0, -1)).toEqual(asked.map(([, line]) => line));
  });
});
