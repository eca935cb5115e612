import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/commands.js";
import { defaultConfigPath } from "../../../src/cli/options/config-file/locate.js";
import { examples } from "../../../src/cli/manual/help.js";
import { manPage } from "../../../src/cli/manual/man-page.js";
import { files } from "../../../src/cli/manual/man-page-texts.js";
import { isTakenBy, options } from "../../../src/cli/options/options.js";
import { exitCodes } from "../../../src/core/results/exit-code.js";
import { defaultLedgerPath } from "../../../src/ledger/file/location.js";

const page = manPage({ version: "1.2.3", date: "2026-01-31" });

describe("the source of the manual page", () => {
  it("says what it is the page of, and of which edition", () => {
    expect(page).toMatch(/^\.TH DOCKER\\-GC 1 2026-01-31 "docker\\-gc 1\.2\.3" "User Commands"\n/);
    // What apropos reads.
    expect(page).toContain('.SH "NAME"\ndocker\\-gc \\- remove Docker images by last use\n');
  });

  it("has the sections that readers of manual pages look for, in their order", () => {
    expect([...page.matchAll(/^\.SH "(.*)"$/gm)].map(([, title]) => title)).toEqual([
      ...["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "NOTATION", "ENVIRONMENT"],
      ...["FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"],
    ]);
  });

  it.each([
    ["root", 0],
    ["another user", 1000],
  ])("names the files of %s where they are", (_, uid) => {
    const named = files.map(([path]) => path);
    expect(named).toContain(defaultLedgerPath({ uid, home: "~", env: {} }));
    expect(named).toContain(defaultConfigPath({ uid, home: "~", env: {} }));
  });

  it("is plain ASCII, without long lines or blanks at their ends, and ends in a line break", () => {
    expect(page).toMatch(/^[\n -~]*[!-~]\n$/);
    expect(page.split("\n").filter((line) => line.length > 80 || /\s$/.test(line))).toEqual([]);
  });
});

const problem = await absenceOfGroff();
if (problem !== null && process.env["CI"] === "true") throw new Error(problem);
if (problem !== null) console.warn(`SKIPPED: ${problem}`);

describe.skipIf(problem !== null)("the manual page as groff shows it", () => {
  let shown = "";
  let warnings = "";
  beforeAll(async () => {
    const typeset = execute("groff", ["-man", "-ww", "-Tascii", "-P-cbou"]);
    typeset.child.stdin?.end(page);
    const { stdout, stderr } = await typeset;
    shown = oneLine(stdout);
    warnings = stderr;
  });

  it("is read without a warning", () => {
    expect(warnings).toBe("");
  });

  it.each(commands)("describes the command $name, and names the options that go with it", (command) => {
    const { name, summary, description } = command;
    const text = name === "run" ? summary : description;
    expect(shown).toMatch(new RegExp(`SYNOPSIS .*docker-gc \\[?${name}\\b.* DESCRIPTION`));
    const behind = shown.split(`${oneLine(text)} It takes `)[1] ?? "";
    const [, kind, named = ""] = /^(all options but|all options|the options)([^.]*)\./.exec(behind) ?? [];
    const names = named.trim().split(", ");
    const taken = options.filter((option) => names.includes(`--${option.name}`) === (kind === "the options"));
    expect(taken).toEqual(options.filter((option) => isTakenBy(option, name)));
  });

  it.each(options)("describes --$name, with its alias, value and default", (option) => {
    const alias = option.alias === null ? "" : `-${option.alias}, `;
    const preset = option.default === null ? "" : ` (default: ${option.default}`;
    expect(shown).toContain(
      `${alias}--${option.name} ${option.placeholder}`.trimEnd() + ` ${oneLine(option.description)}${preset}`,
    );
  });

  it.each(Object.entries(exitCodes))("gives exit code %s its meaning", (code, meaning) => {
    expect(shown).toContain(` ${code} ${meaning}`);
  });

  it.each(examples)("has the example %s as it is typed", (line, meaning) => {
    expect(shown).toContain(`${line} ${meaning}`);
  });
});

const execute = promisify(execFile);

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

async function absenceOfGroff(): Promise<string | null> {
  try {
    await promisify(execFile)("groff", ["--version"]);
    return null;
  } catch {
    return "no groff on the PATH (Debian: package groff-base), so the manual page is not typeset.";
  }
}
