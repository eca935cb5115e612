import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import type { PracticeEngine, PracticeEngineOptions } from "../../practice-engine/server.js";
import { query } from "../../support/ledger/query.js";
import { runHere, type CliResult } from "../../support/run-cli.js";
import { practiceEngine } from "../../support/small-engine.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const announcing = { apiVersion: "1.47" };
const nowhere = "unix:///nowhere/engine.sock";

interface Outcome extends CliResult {
  /** Whether images or containers were asked for. */
  readonly kind: "idle" | "whole";
}

interface Host {
  readonly practice: PracticeEngine;
  readonly ledger: string;
  readonly note: string;
  readonly quiet: (...args: readonly string[]) => Promise<Outcome>;
  /** Until there is a note, and it is heeded. */
  readonly settle: (...args: readonly string[]) => Promise<void>;
}

async function prepare(
  options: PracticeEngineOptions = announcing,
  ledger = join(temporaryFolder(), "ledger.db"),
): Promise<Host> {
  const practice = await practiceEngine(options);
  const quiet: Host["quiet"] = async (...args) => {
    practice.requests.length = 0;
    const result = await runHere(["--quiet", ...args], { host: practice.host, ledger });
    const isWhole = practice.requests.some(({ path }) => path.includes("/json"));
    return { ...result, kind: isWhole ? "whole" : "idle" };
  };
  const settle: Host["settle"] = async (...args) => {
    for (let runs = 0; runs < 5; runs += 1) {
      const { kind, exitCode } = await quiet(...args);
      expect(exitCode).toBe(0);
      if (kind === "idle") return;
    }
    throw new Error("Five runs had something to do.");
  };
  return { practice, ledger, note: `${ledger}.idle`, quiet, settle };
}

const silent = { exitCode: 0, stdout: "", stderr: "" };

describe("a run with --quiet that follows one which found nothing to do", () => {
  it("asks for no list, and is in the history like any other", async () => {
    const { practice, ledger, note, quiet, settle } = await prepare();
    await settle();
    expect(statSync(note).mode & 0o777).toBe(0o600);
    expect(practice.requests.map(({ path }) => path.replace(/\?.*/, ""))).toEqual(["/info", "/events"]);
    const runs = () => query(ledger, "SELECT exit_code FROM run WHERE finished_at IS NOT NULL").length;
    const before = runs();
    expect((await quiet()).kind).toBe("idle");
    expect(runs()).toBe(before + 1);
  });

  it.each<[string, Readonly<Record<string, (host: Host) => unknown>>]>([
    [
      "something happened",
      {
        "a container was created": ({ practice }) => practice.engine.createContainer("app:1"),
        "a name was given": ({ practice }) => practice.engine.tag(anImageOf(practice), "app:3"),
        "an image was pulled": ({ practice }) => practice.engine.pull({ name: "new:1", megabytes: 1 }),
        "an image was removed": ({ practice }) => practice.engine.untag("app:2"),
        "the engine restarted": ({ practice }) => practice.engine.restart(),
      },
    ],
    [
      "the note is not what it was",
      {
        gone: ({ note }) => rmSync(note),
        half: ({ note }) => writeFileSync(note, readFileSync(note).subarray(0, 100)),
        "of something else": ({ note }) => writeFileSync(note, '{"idleness":{}}'),
        "without its times": ({ note }) => edit(note, /"(at|forMs)":\d+/g, '"$1":null'),
        "a link": moveBehindLink,
        "of another version": ({ note }) => edit(note, /\[\\"\d+/, '[\\"999'),
      },
    ],
    [
      "the ledger is not what it was",
      {
        "written by another run": ({ practice, ledger }) => runHere([], { host: practice.host, ledger }),
        "put back from a copy, with its times": putBack,
        "put back in place, with its times": putBackInPlace,
      },
    ],
  ])("is a whole one where %s", async (_, changes) => {
    const host = await prepare();
    for (const [change, make] of Object.entries(changes)) {
      await host.settle();
      await make(host);
      expect(await host.quiet(), change).toMatchObject({ exitCode: 0, stdout: "", kind: "whole" });
    }
  });

  it("is a whole one, each time, where the note cannot be written", async () => {
    const { note, quiet } = await prepare();
    mkdirSync(note);
    for (let runs = 0; runs < 4; runs += 1) expect(await quiet()).toMatchObject({ ...silent, kind: "whole" });
  });

  it("is a whole one with other options, or where more is asked for", async () => {
    const { quiet, settle, note } = await prepare();
    for (const args of [
      ["--max-age", "8d"],
      ["--keep", "app:1"],
      ["--full-listing"],
      ["--dry-run"],
      ["--metrics-file", `${note}.prom`],
      ["--min-free", "1K"],
      ["--output", "json"],
    ]) {
      await settle();
      expect((await quiet(...args)).kind, args.join(" ")).toBe("whole");
    }
  });

  it("is known by its keep file's lines, not by its name", async () => {
    const { quiet, settle } = await prepare();
    const rules = join(temporaryFolder(), "rules");
    writeFileSync(rules, "app:1\n");
    await settle("--keep-file", rules);
    writeFileSync(rules, "app:2\n");
    expect((await quiet("--keep-file", rules)).kind).toBe("whole");
    await settle("--keep-file", rules);
  });

  it("leaves a dry run nothing to find, and finds nothing of one", async () => {
    const { practice, ledger, note, quiet, settle } = await prepare();
    await settle();
    const before = readFileSync(note, "utf8");
    await runHere(["--dry-run", "--quiet"], { host: practice.host, ledger });
    await runHere(["status"], { host: practice.host, ledger });
    expect(readFileSync(note, "utf8")).toBe(before);
    expect((await quiet()).kind).toBe("idle");
  });

  it("goes by no note of a ledger that has moved on since", async () => {
    const { note, quiet, settle, practice } = await prepare();
    await settle();
    const older = readFileSync(note);
    practice.engine.createContainer("app:1");
    expect((await quiet()).kind).toBe("whole");
    // As after a kill between the two.
    writeFileSync(note, older);
    expect((await quiet()).kind).toBe("whole");
  });

  it("goes by no note of another engine on the same ledger", async () => {
    const first = await prepare();
    const second = await prepare({ ...announcing, id: "OTHE:R000" }, first.ledger);
    await first.settle();
    expect((await second.quiet()).kind).toBe("whole");
    expect((await first.quiet()).kind).toBe("whole");
    expect((await second.quiet()).kind).toBe("whole");
    await second.settle();
  });

  it("tells that what was wrong is over", async () => {
    const { practice, ledger, quiet, settle } = await prepare();
    await settle();
    const away = await runHere(["--quiet", "--host", nowhere], { ledger });
    expect(away).toMatchObject({ exitCode: 4 });
    // Told by the address that was asked: here it was another one.
    expect(await quiet()).toMatchObject({ ...silent, kind: "idle" });
    practice.onRequest = () => ({ kind: "answer", status: 500, body: { message: "not today" } });
    expect(await quiet()).toMatchObject({ exitCode: 4 });
    practice.onRequest = undefined;
    const back = await quiet();
    expect(back).toMatchObject({ exitCode: 0, kind: "idle" });
    expect(back.stderr).toMatch(/^docker-gc: [^\n]*answers again[^\n]*\n$/);
    expect(await quiet()).toMatchObject({ ...silent, kind: "idle" });
  });

  it("fails like a whole one where the events cannot be read, and moves nothing on", async () => {
    const { practice, ledger, quiet, settle } = await prepare();
    await settle();
    const before = readFileSync(ledger);
    practice.onRequest = (_, path) =>
      path.startsWith("/events") ? { kind: "answer", status: 500, body: { message: "no" } } : undefined;
    expect(await quiet()).toMatchObject({ exitCode: 4, kind: "idle" });
    expect(readFileSync(ledger)).toEqual(before);
  });

  it("removes what is due as soon as it is", async () => {
    const { practice, quiet, settle } = await prepare();
    const limits = ["--max-age", "4s", "--grace", "0s", "--keep-recent", "0"];
    await settle(...limits);
    const until = Date.now() + 30_000;
    while (practice.engine.images.size > 0 && Date.now() < until) await quiet(...limits);
    expect(practice.engine.images.size).toBe(0);
  });

  it("is never had of an engine that has changes without an event", async () => {
    const { quiet, note } = await prepare({ apiVersion: "1.41" });
    for (let run = 0; run < 4; run += 1) expect((await quiet()).kind).toBe("whole");
    expect(existsSync(note)).toBe(false);
  });
});

function anImageOf({ engine }: PracticeEngine): ImageId {
  const [image] = engine.images.all();
  if (image === undefined) throw new Error("There is no image.");
  return image.id;
}

function edit(path: string, pattern: RegExp, text: string): void {
  const before = readFileSync(path, "utf8");
  const after = before.replace(pattern, text);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

function moveBehindLink({ note }: Host): void {
  renameSync(note, `${note}-moved`);
  symlinkSync(`${note}-moved`, note);
}

function putBack({ ledger }: Host): void {
  const { atime, mtime } = statSync(ledger);
  copyFileSync(ledger, `${ledger}-copy`);
  chmodSync(`${ledger}-copy`, 0o600);
  utimesSync(`${ledger}-copy`, atime, mtime);
  renameSync(`${ledger}-copy`, ledger);
}

function putBackInPlace({ ledger }: Host): void {
  const { atime, mtime } = statSync(ledger);
  writeFileSync(ledger, readFileSync(ledger));
  utimesSync(ledger, atime, mtime);
}
