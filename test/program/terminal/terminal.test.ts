import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { practiceEngine, removeAll } from "../../support/small-engine.js";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { screenOf } from "./screen.js";

interface Session {
  readonly columns: number;
  /** What is typed: the second of a pair once the first has been written. */
  readonly answers?: readonly (readonly [string, string])[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One command as a person runs it, in a terminal of this width; answers with all that was written there. */
async function inTerminal(
  args: readonly string[],
  { columns, answers = [], env = {} }: Session,
): Promise<string> {
  const child = spawn(
    "python3",
    [
      join(projectRoot, "test/program/terminal/in-terminal.py"),
      String(columns),
      process.execPath,
      join(projectRoot, "bin/docker-gc.js"),
      ...args,
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        HOME: temporaryFolder(),
        // What is compiled once serves all tests.
        XDG_CACHE_HOME: join(projectRoot, "node_modules/.cache"),
        // That of root is the machine's.
        DOCKER_GC_LEDGER: join(temporaryFolder(), "ledger.db"),
        TERM: "xterm",
        ANSWERS: JSON.stringify(answers),
        ...env,
      },
    },
  );
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  return output;
}

/** Longer than it takes to draw the line, three times over. */
const slowly = { kind: "delay", ms: 700 } as const;

async function slowEngine(): Promise<{ readonly host: string }> {
  const practice = await practiceEngine();
  practice.engine.load({
    name: "registry.example.com/a/rather/long/name/of/an/image:2026.01",
    megabytes: 400,
  });
  const learned = new Set<string>();
  practice.onRequest = (method, path) => {
    if (method === "DELETE") return slowly;
    // Once: what is asked again between the removals draws nothing of its own.
    if (!path.endsWith("/json") || learned.has(path)) return undefined;
    learned.add(path);
    return slowly;
  };
  return practice;
}

describe("a removal at a terminal", () => {
  it.each([
    [40, {}],
    [80, {}],
    [120, { NO_COLOR: "1" }],
  ])("shows a line that never wraps, and takes it away: %d columns", async (columns, env) => {
    const { host } = await slowEngine();
    const output = await inTerminal(["--yes", ...removeAll, "--host", host], { columns, env });
    expect(output).toContain("Learning layers");
    expect(output).toMatch(/Removing .*[12]\/3/);
    expect(output.includes("\u001b[3")).toBe(!("NO_COLOR" in env));
    const { lines, widest } = screenOf(output);
    expect(widest).toBeLessThanOrEqual(columns);
    expect(lines[0]).toMatch(/^Freed .* 3 of 3 images/);
    expect(lines.join("\n")).not.toMatch(/Learning|Removing/);
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ["when quiet", ["--quiet"], {}],
    ["on a terminal without a cursor", [], { TERM: "dumb" }],
  ])("shows none of it %s", async (_, args, env) => {
    const { host } = await slowEngine();
    const output = await inTerminal(["--yes", ...args, ...removeAll, "--host", host], {
      columns: 80,
      env,
    });
    expect(output).not.toContain("\u001b");
    expect(output).not.toMatch(/Learning|Removing/);
  });

  it("takes the line away before it says what went wrong", async () => {
    const practice = await practiceEngine();
    for (let index = 0; index < 10; index += 1) practice.engine.load({ name: `more:${index}` });
    let asked = 0;
    practice.onRequest = (_, path) => {
      if (!path.includes("/images/sha256")) return undefined;
      asked += 1;
      // Several are asked for at once: this one comes when the line has been drawn.
      return asked > 10 ? { kind: "cut", afterBytes: 10 } : slowly;
    };
    const output = await inTerminal(["--host", practice.host], { columns: 80 });
    expect(output).toContain("Learning layers");
    const { lines } = screenOf(output);
    expect(lines[0]).toMatch(/^docker-gc: /);
  });
});

const ownLedger = () => ["--ledger", join(temporaryFolder(), "ledger.db")];

describe("a run by hand", () => {
  const question = "[y/N/e] ";
  it.each([60, 80, 120])("shows what would go and asks first: %d columns", async (columns) => {
    const practice = await practiceEngine();
    practice.engine.tag("app:1", "app:latest");
    const args = [...removeAll, "--keep", "none:*", "--host", practice.host, ...ownLedger()];
    const answers = [[question, "y\n"]] as const;
    const output = await inTerminal(args, { columns, answers, env: { NO_COLOR: "1" } });
    const { lines, widest } = screenOf(output);
    expect(widest).toBeLessThanOrEqual(columns);
    expect(lines[0]).toBe("Goes: 2 images");
    const asked = lines.findIndex((line) => line.startsWith("Remove 2 images, 47.7 MiB? [y/N/e] y"));
    const before = lines.slice(0, asked).join("\n");
    for (const name of ["app:1", "app:latest", "app:2"]) expect(before).toContain(name);
    expect(before).toMatch(/"none:\*" matches\s+no\s+image/);
    expect(lines.slice(asked + 1).join("\n")).toContain("2 of 2 images removed");
    expect(practice.engine.images.size).toBe(0);
  });

  it.each([40, 60])("shows every name whole, however long it is: %d columns", async (columns) => {
    const practice = await practiceEngine();
    const name = `ci.example:5000/${"some/group/of/".repeat(6)}image:2026.01.31-build.12345`;
    practice.engine.tag("app:1", name);
    const args = [...removeAll, "--host", practice.host, ...ownLedger()];
    const output = await inTerminal(args, { columns, answers: [[question, "n\n"]], env: { NO_COLOR: "1" } });
    const { lines, widest } = screenOf(output);
    expect(widest).toBeLessThanOrEqual(columns);
    const firstColumn = lines.map((line) => line.trimStart().split(" ")[0]).join("");
    expect(firstColumn).toContain(name);
  });

  it("warns of a rule that matches nothing each time it asks", async () => {
    const practice = await practiceEngine();
    const args = [...removeAll, "--keep", "apq:*", "--host", practice.host, ...ownLedger()];
    for (let time = 0; time < 2; time += 1) {
      const output = await inTerminal(args, { columns: 100, answers: [[question, "n\n"]] });
      expect(output).toContain(`"apq:*" matches no image; did you mean app:`);
    }
  });

  it.each<[string, string]>([
    ["no", "n\n"],
    ["an empty line", "\n"],
    ["something else", "what?\n"],
    ["the end of the input", "\u0004"],
  ])("removes nothing for %s, and saves what it saw", async (_, answer) => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const args = [...removeAll, "--host", practice.host, "--ledger", ledger];
    const output = await inTerminal(args, { columns: 80, answers: [[question, answer]] });
    expect(output).toContain("Nothing was removed.");
    expect(practice.engine.images.size).toBe(2);
    expect(existsSync(ledger)).toBe(true);
    expect(existsSync(`${ledger}.holder`)).toBe(false);
  });

  it("lets the list be edited, and what is taken out of it stays", async () => {
    const practice = await practiceEngine();
    const editor = join(temporaryFolder(), "editor");
    writeFileSync(editor, "#!/bin/sh\nsed -i '/app:1/d' \"$2\"\n", { mode: 0o755 });
    const output = await inTerminal([...removeAll, "--host", practice.host, ...ownLedger()], {
      columns: 80,
      answers: [
        ["Remove 2 images, 47.7 MiB? [y/N/e] ", "e\n"],
        ["Remove 1 image, 28.6 MiB? [y/N/e] ", "y\n"],
      ],
      env: { EDITOR: `${editor} --wait`, NO_COLOR: "1" },
    });
    expect(output).toContain("1 of 2 images removed, 1 skipped");
    expect(practice.engine.images.size).toBe(1);
    expect(practice.engine.images.find("app:1")).toBeDefined();
  });

  it.each<[string, string, string, Readonly<Record<string, string>>]>([
    [
      "is left by Ctrl-C",
      "trap '' INT; kill -INT 0; sed -i '/app:1/d' \"$1\"",
      "Remove 1 image, 28.6 MiB? [y/N/e] ",
      {},
    ],
    ["fails", "exit 3", "The editor ended with exit 3, so the list is as it was.", {}],
    ["gets no file", "exit 0", "so the list is as it was.", { TMPDIR: "/dev/null" }],
  ])("asks again where the editor %s", async (_, script, next, variables) => {
    const practice = await practiceEngine();
    const editor = join(temporaryFolder(), "editor");
    writeFileSync(editor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const output = await inTerminal([...removeAll, "--host", practice.host, ...ownLedger()], {
      columns: 80,
      answers: [
        ["Remove 2 images, 47.7 MiB? [y/N/e] ", "e\n"],
        [next, "n\n"],
      ],
      env: { VISUAL: "", EDITOR: editor, NO_COLOR: "1", ...variables },
    });
    expect(output).toContain(next);
    expect(output).toContain("Nothing was removed.");
    expect(practice.engine.images.size).toBe(2);
  });

  it("leaves the ledger to other runs while it asks", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const other = [process.execPath, join(projectRoot, "bin/docker-gc.js"), "--max-age", "off"];
    const to = ["--host", practice.host, "--ledger", ledger];
    const editor = join(temporaryFolder(), "editor");
    // What fails leaves the list as it was, and the next question says so.
    const lines = ["#!/bin/sh", `${[...other, ...to].join(" ")} </dev/null >/dev/null 2>&1 || : >"$1"`, ""];
    writeFileSync(editor, lines.join("\n"), { mode: 0o755 });
    const output = await inTerminal([...removeAll, ...to], {
      columns: 80,
      answers: [
        ["Remove 2 images, 47.7 MiB? [y/N/e] ", "e\n"],
        ["Remove 2 images, 47.7 MiB? [y/N/e] ", "y\n"],
      ],
      env: { EDITOR: editor, NO_COLOR: "1" },
    });
    expect(output).toContain("2 of 2 images removed");
  });

  it("removes only what is still due when the answer comes", async () => {
    const practice = await practiceEngine();
    let listings = 0;
    practice.onRequest = (_, path) => {
      // The first is for the question.
      if (path.startsWith("/containers/json") && (listings += 1) === 2)
        practice.engine.createContainer("app:1");
      return undefined;
    };
    const output = await inTerminal([...removeAll, "--host", practice.host, ...ownLedger()], {
      columns: 80,
      answers: [[question, "y\n"]],
      env: { NO_COLOR: "1" },
    });
    expect(output).toContain("1 of 2 images removed");
    expect(practice.engine.images.find("app:1")).toBeDefined();
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ["with --yes", ["--yes"], {}],
    ["when quiet", ["--quiet"], {}],
    ["for JSON", ["--output", "json"], {}],
    ["in CI", [], { CI: "true" }],
  ])("asks nobody %s", async (_, args, env) => {
    const practice = await practiceEngine();
    const output = await inTerminal([...args, ...removeAll, "--host", practice.host, ...ownLedger()], {
      columns: 80,
      env,
    });
    expect(output).not.toContain(question);
    expect(practice.engine.images.size).toBe(0);
  });

  it("ends at the question with Ctrl-C, and nothing is removed", async () => {
    const practice = await practiceEngine();
    const answers = [[question, "\u0003"]] as const;
    const output = await inTerminal([...removeAll, "--host", practice.host, ...ownLedger()], {
      columns: 80,
      answers,
    });
    expect(screenOf(output).lines).toContain("docker-gc: ended by SIGINT before anything was removed.");
    expect(practice.engine.images.size).toBe(2);
  });
});

describe("a run that stays", () => {
  it.each([60, 80, 120])("says on a terminal that it is watching: %d columns", async (columns) => {
    const practice = await practiceEngine();
    const args = ["--yes", "--linger=1s", "--host", practice.host, ...ownLedger()];
    const { lines, widest } = screenOf(await inTerminal(args, { columns, env: { TZ: "Asia/Kolkata" } }));
    expect(lines.join(" ")).toMatch(/Watching until \d{4}-\d\d-\d\d \d\d:\d\d \+05:30; Ctrl-C ends it\./);
    expect(widest).toBeLessThanOrEqual(columns);
  });
});

describe("looking at a terminal", () => {
  it.each([60, 80, 120])("fits into %d columns", async (columns) => {
    const practice = await practiceEngine();
    practice.engine.createContainer("app:1", { name: "a-container-with-a-rather-long-name-for-a-terminal" });
    const ledger = ownLedger();
    for (const args of [
      ["status"],
      ["explain", "app:1", "app:2"],
      ["--yes", ...removeAll],
      ["history"],
      ["-h"],
    ]) {
      const host = args[0] === "history" || args[0] === "-h" ? [] : ["--host", practice.host];
      const { lines, widest } = screenOf(await inTerminal([...args, ...host, ...ledger], { columns }));
      expect(widest).toBeLessThanOrEqual(columns);
      expect(lines.length).toBeGreaterThan(1);
    }
    const ascii = { columns, env: { LC_ALL: "C" } };
    const shown = await inTerminal(["status", "--quota=1G", "--host", practice.host, ...ledger], ascii);
    expect(shown).toMatch(/quota[^\n]*-{8,}/);
    expect(shown).not.toMatch(/[^\u0000-\u007f]/);
  });
});
