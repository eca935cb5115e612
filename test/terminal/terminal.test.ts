import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { practiceEngine, removeAll } from "../main/engine.js";
import { projectRoot } from "../support/project.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { screenOf } from "./screen.js";

interface Session {
  readonly columns: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** One command as a person runs it, in a terminal of this width; answers with all that was written there. */
async function inTerminal(args: readonly string[], { columns, env = {} }: Session): Promise<string> {
  const child = spawn(
    "python3",
    [
      join(projectRoot, "test/terminal/in-terminal.py"),
      String(columns),
      process.execPath,
      join(projectRoot, "bin/docker-gc.js"),
      ...args,
    ],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], HOME: temporaryFolder(), TERM: "xterm", ...env },
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
  practice.onRequest = (method, path) => (method === "DELETE" || path.endsWith("/json") ? slowly : undefined);
  return practice;
}

describe("a removal at a terminal", () => {
  it.each([
    [40, {}],
    [80, {}],
    [120, { NO_COLOR: "1" }],
  ])("shows a line that never wraps, and takes it away: %d columns", async (columns, env) => {
    const { host } = await slowEngine();
    const output = await inTerminal([...removeAll, "--host", host], { columns, env });
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
    const output = await inTerminal([...args, ...removeAll, "--host", host], { columns: 80, env });
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

describe("looking at a terminal", () => {
  it.each([80, 120])("fits into %d columns", async (columns) => {
    const practice = await practiceEngine();
    practice.engine.createContainer("app:1", { name: "a-container-with-a-rather-long-name-for-a-terminal" });
    for (const args of [["status"], ["explain", "app:1", "app:2"], ["history"]]) {
      const host = args[0] === "history" ? [] : ["--host", practice.host];
      const { lines, widest } = screenOf(await inTerminal([...args, ...host], { columns }));
      expect(widest).toBeLessThanOrEqual(columns);
      expect(lines.length).toBeGreaterThan(1);
    }
  });
});
