import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Narrator } from "../../examples/narrator.js";
import { showPracticeLife } from "../../examples/practice-life.js";
import { commands } from "../../src/cli/commands.js";
import { examples } from "../../src/cli/manual/help.js";
import { options } from "../../src/cli/options/options.js";
import { exitCodes } from "../../src/core/results/exit-code.js";
import { startPracticeEngine } from "../practice-engine/server.js";
import { projectRoot } from "../support/project.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { settingsOf } from "../support/command-lines.js";
import {
  anchorsOf,
  codeBlocks,
  documentPaths,
  linksOf,
  readDocument,
  readme,
  section,
  tableRows,
} from "../support/documents.js";

/** All that people read of the project, one after the other. */
const everything = documentPaths.map(readDocument).join("\n");

/** Folders in one of `src`; none in what is no such folder. */
function roomsIn(path: string): string[] {
  const full = join(projectRoot, path);
  if (!path.startsWith("src/") || !statSync(full).isDirectory()) return [];
  return readdirSync(full).filter((name) => statSync(join(full, name)).isDirectory());
}

function filesIn(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(join(projectRoot, path)).isFile());
}

describe("the README", () => {
  it("begins with the two commands that set everything up", () => {
    expect(codeBlocks(readme).slice(0, 2)).toEqual(["npm ci && npm start\n", "npm ci && npm test\n"]);
    expect(readme.indexOf("npm ci && npm test")).toBeLessThan(readme.indexOf("\n## "));
  });

  it("shows the report that npm start shows", async () => {
    let output = "";
    const terminal = { isTTY: true, columns: 100, write: (text: string) => (output += text) };
    await showPracticeLife(new Narrator(terminal, { NO_COLOR: "1" }));
    const [, , excerpt = ""] = codeBlocks(readme);
    expect(excerpt).toMatch(/^\$ docker-gc --dry-run .*\nWould free/);
    expect(output.replace(/practice-\w+/g, "practice-1")).toContain(excerpt);
  });

  it("has the table of commands", () => {
    const expected = commands.map(({ name, words, summary }) => {
      const call = `docker-gc ${name} ${words}`.trimEnd().replaceAll("|", "\\|");
      return [`\`${call}\``, summary];
    });
    expect(tableRows(section("Commands"))).toEqual(expected);
  });

  // The options themselves are in the help and the manual page, which are made from one table.
  it("has the examples of the help", () => {
    const [block = ""] = codeBlocks(section("Commands"));
    const rows = block
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(rows).toEqual(examples);
  });

  it("has the table of exit codes", () => {
    expect(tableRows(section("Exit codes"))).toEqual(Object.entries(exitCodes));
  });

  it("has a test behind each promise", () => {
    const [, ...promises] = section("Promises").split(/^\d\. /m);
    expect(promises).toHaveLength(7);
    for (const promise of promises) expect(promise).toMatch(/\]\(test\/[\w/-]+\.test\.ts\)/);
  });

  it("leads to every other document", () => {
    const linked = new Set(linksOf("README.md").map(({ path }) => path));
    expect(documentPaths.filter((path) => path !== "README.md" && !linked.has(path))).toEqual([]);
  });
});

describe("the documents", () => {
  it.each(commandLines(everything))("have a command line that docker-gc takes: %s", (line) => {
    // Help goes with everything, and has no settings.
    const given = line.replace(/ (COMMAND )?--help$/, "").replace(/\bIMAGE(\.\.\.)?/, "busybox");
    expect(() => settingsOf(given)).not.toThrow();
  });

  it("name no option that does not exist", () => {
    const known = new Set(options.map(({ name }) => `--${name}`));
    const named = [...everything.matchAll(/(?<=docker-gc[^\n`]* |`)--[a-z][a-z-]*/g)].map(
      ([option]) => option,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((option) => !known.has(option))).toEqual([]);
  });

  it("show a JSON document as it is, its values aside", async () => {
    const practice = await startPracticeEngine();
    try {
      practice.engine.load({ name: "app:1" });
      const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
      await runCli([], options);
      const { stdout } = await runCli(["--dry-run", "--output", "json"], options);
      const [example = ""] = codeBlocks(readDocument("docs/json.md"));
      expect(shapeOf(JSON.parse(example))).toEqual(shapeOf(JSON.parse(stdout)));
    } finally {
      await practice.close();
    }
  });

  it.each(documentPaths)("have links that lead somewhere: %s", (document) => {
    const lost = linksOf(document).filter(
      ({ path, anchor }) =>
        !existsSync(join(projectRoot, path)) || (anchor !== null && !anchorsOf(path).includes(anchor)),
    );
    expect(lost).toEqual([]);
  });

  it("mention every example", () => {
    const linked = new Set(documentPaths.flatMap(linksOf).map(({ path }) => path));
    expect(linked.size).toBeGreaterThan(10);
    expect(filesIn("examples").filter((path) => !linked.has(path))).toEqual([]);
  });

  it("say what every folder is for", () => {
    const architecture = section("The folders", readDocument("docs/architecture.md"));
    const folders = tableRows(architecture).map(([name]) => name);
    const sources = readdirSync(join(projectRoot, "src")).map((name) => `src/${name}`);
    expect(folders.toSorted()).toEqual(
      ["bin", "examples", "test", ...sources].map((name) => `\`${name}\``).toSorted(),
    );
    const unnamed = tableRows(architecture).flatMap(([name = "", text = ""]) =>
      roomsIn(name.replaceAll("`", "")).filter((room) => !text.includes(`\`${room}\``)),
    );
    expect(unnamed).toEqual([]);
  });
});

/** What stands in code and begins with docker-gc, without what comes behind it in a table or a comment; each once. */
function commandLines(text: string): string[] {
  const prose = text.replace(/^```[^]*?^```$/gm, "").replace(/\s+/g, " ");
  const inline = [...prose.matchAll(/`(docker-gc(?: [^`]*)?)`/g)];
  const blocks = codeBlocks(text).flatMap((block) => [
    ...block.matchAll(/^(?:\$ |\*.* )?(docker-gc(?: .*)?)$/gm),
  ]);
  const lines = [...inline, ...blocks].map(([, line = ""]) => line.replace(/ {2,}.*$/, ""));
  // What can be left out is, and of what excludes each other there is the first.
  return [...new Set(lines.map((line) => line.replace(/ \[.*\]/, "").replace(/\\\|.*$/, "")))];
}

/** The names in a JSON value. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return "a value";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}
