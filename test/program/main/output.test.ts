import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../support/project.js";
import { runHere } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

/** Anything that a terminal obeys: C0 but the line feed, DEL and C1, and what turns the direction of writing. */
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** A label, a container's name and an error's text as somebody hostile would choose them. */
const hostile = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202eevil\r\nfake line";

describe("stdout is the result", () => {
  it.each([["--dry-run"], ["--verbose"]])(
    "in JSON one document and nothing else, with %s",
    async (...args) => {
      const practice = await practiceEngine();
      const result = await runHere([...args, "-o", "json", ...removeAll], { host: practice.host });
      expect(result).toMatchObject({ exitCode: 0, stderr: "" });
      const report = JSON.parse(result.stdout) as { schema: number; images: unknown[]; exitCode: number };
      expect(report).toMatchObject({ schema: 1, exitCode: 0 });
      expect(report.images).toHaveLength(2);
      expect(result.stdout.endsWith("}\n")).toBe(true);
    },
  );

  it("in JSON also when removals fail", async () => {
    const practice = await practiceEngine();
    practice.onRequest = (method) =>
      method === "DELETE"
        ? { kind: "answer", status: 500, body: { message: 'a "quoted"\nline' } }
        : undefined;
    const result = await runHere(["-o", "json", ...removeAll], { host: practice.host });
    expect(result).toMatchObject({ exitCode: 3, stderr: "" });
    expect(JSON.parse(result.stdout)).toMatchObject({ exitCode: 3, totals: { failed: 2 } });
  });

  it("without any escape where it is a pipe, and with colours only when they are asked for", async () => {
    const practice = await practiceEngine();
    const args = ["--dry-run", ...removeAll];
    for (const env of [{}, { NO_COLOR: "1" }, { TERM: "xterm-256color" }]) {
      const result = await runHere(args, { host: practice.host, env });
      expect(result.stdout).toContain("app:1");
      expect(result.stdout + result.stderr).not.toMatch(obeyed);
    }
    expect((await runHere([...args, "--color=always"], { host: practice.host })).stdout).toContain("\u001b[");
    expect((await runHere([...args, "--color=never"], { host: practice.host })).stdout).not.toMatch(obeyed);
  });
});

describe("--quiet", () => {
  it("is silent when nothing needs a person, whether something went or not", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    for (const args of [[], removeAll, removeAll, ["--dry-run"]]) {
      const result = await runHere(["--quiet", ...args], { host: practice.host, ledger });
      expect(result).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    }
    expect(practice.engine.images.size).toBe(0);
  });

  it("tells on stderr what does", async () => {
    const practice = await practiceEngine();
    practice.engine.createContainer("app:1");
    practice.onRequest = (method) =>
      method === "DELETE" ? { kind: "answer", status: 500, body: { message: "device busy" } } : undefined;
    const result = await runHere(["--quiet", ...removeAll], { host: practice.host });
    expect(result).toMatchObject({ exitCode: 3, stdout: "" });
    expect(result.stderr).toContain("device busy");
    for (const line of result.stderr.trimEnd().split("\n")) expect(line).toMatch(/^docker-gc: /);
  });
});

describe("a reader that leaves early", () => {
  it.each([["json"], ["text"]])("does not make it crash: %s", async (output) => {
    const practice = await practiceEngine();
    for (let index = 0; index < 2000; index += 1) practice.engine.load({ name: `many/image-${index}:1` });
    const child = spawn(
      process.execPath,
      [
        join(projectRoot, "bin/docker-gc.js"),
        "--dry-run",
        "--verbose",
        "-o",
        output,
        "--host",
        practice.host,
        "--ledger",
        join(temporaryFolder(), "ledger.db"),
        ...removeAll,
      ].filter((argument) => argument !== ""),
      { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], HOME: temporaryFolder() } },
    );
    const stderr = text(child.stderr);
    child.stdout.once("data", () => child.stdout.destroy());
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    expect(await stderr).toBe("");
    expect({ code, signal }).toEqual({ code: 0, signal: null });
  });

  it("of stderr does not make it crash either", async () => {
    const practice = await practiceEngine();
    const child = spawn(
      process.execPath,
      [
        join(projectRoot, "bin/docker-gc.js"),
        "--quiet",
        "--keep=none:*",
        "--host",
        practice.host,
        "--ledger",
        join(temporaryFolder(), "ledger.db"),
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], HOME: temporaryFolder() } },
    );
    child.stderr.destroy();
    child.stdout.resume();
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).toBe(0);
  });
});

describe("what somebody hostile has named", () => {
  it("is shown and not obeyed: container names, labels, error texts", async () => {
    const practice = await practiceEngine();
    practice.engine.load({ name: "labelled:1", labels: { [hostile]: hostile } });
    practice.engine.createContainer("app:1", { name: hostile });
    practice.onRequest = (method) =>
      method === "DELETE" ? { kind: "answer", status: 500, body: { message: hostile } } : undefined;
    for (const args of [["--verbose"], ["--quiet"], ["--verbose", "-o", "json"], ["--keep-label", hostile]]) {
      const result = await runHere([...args, ...removeAll], { host: practice.host });
      expect(result.exitCode).toBe(3);
      expect(result.stdout + result.stderr).toContain("evil");
      expect(result.stdout + result.stderr).not.toMatch(obeyed);
      expect(result.stdout + result.stderr).not.toMatch(/^fake line/m);
    }
  });

  it("is not obeyed in the sentence of a failure either", async () => {
    const practice = await practiceEngine();
    for (const fault of [
      { kind: "answer", status: 500, body: { message: hostile } },
      { kind: "answer", status: 200, body: { ID: hostile, Name: 1 } },
      { kind: "answer", status: 200, body: [{ Id: hostile }] },
      { kind: "transform", body: () => `${hostile}[` },
    ] as const) {
      practice.onRequest = (_, path) => (path.startsWith("/_ping") ? undefined : fault);
      const result = await runHere(removeAll, { host: practice.host });
      expect(result).toMatchObject({ exitCode: 4, stdout: "" });
      expect(result.stderr).toMatch(/^docker-gc: [^\n]+\n$/);
      expect(result.stderr).not.toMatch(obeyed);
    }
  });
});
