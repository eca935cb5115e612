import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { UnfitFile } from "../../../src/files/open-input.js";
import { readFileNow, readInput } from "../../../src/files/read-input.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const intake = { most: 100_000, links: "followed" } as const;
const patient = new AbortController().signal;

const now = (path: string): Promise<string> =>
  Promise.resolve().then(() => readFileNow(path, intake).toString());
const waiting = async (path: string): Promise<string> =>
  (await readInput(path, intake, { signal: patient })).toString();

function pipe(): string {
  const path = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

/** Writes by a shell, until the test is over. */
function write(path: string, script: string): ChildProcess {
  const child = spawn("sh", ["-c", `exec >"$1"; ${script}`, "sh", path], { stdio: "ignore" });
  onTestFinished(() => void child.kill());
  return child;
}

describe.each([
  ["at once", now],
  ["with patience", waiting],
])("what somebody names, read %s,", (_, read) => {
  it("is the whole file, behind a link as well", async () => {
    const path = join(temporaryFolder(), "file");
    for (const text of ["", "rules\n", "#".repeat(intake.most)]) {
      writeFileSync(path, text);
      expect(await read(path)).toBe(text);
    }
    symlinkSync(path, `${path}.link`);
    expect(await read(`${path}.link`)).toBe("#".repeat(intake.most));
  });

  it("is empty where it is /dev/null", async () => {
    expect(await read("/dev/null")).toBe("");
  });

  it.each(["/dev/zero", "/dev/random", "/dev/full", "/dev/tty"])(
    "is refused where it is another device: %s",
    async (path) => {
      await expect(read(path)).rejects.toThrow(new UnfitFile("is a device", "a file"));
    },
  );

  it("is refused where it is a folder or a socket", async () => {
    const folder = temporaryFolder();
    await expect(read(folder)).rejects.toThrow("is a folder");
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    onTestFinished(() => void server.close());
    await expect(read(join(folder, "socket"))).rejects.toThrow("is a socket");
  });

  it("is refused where it is longer than it may be, sparse or not", async () => {
    const path = join(temporaryFolder(), "large");
    writeFileSync(path, "#".repeat(intake.most + 1));
    await expect(read(path)).rejects.toThrow("is too large");
    execFileSync("truncate", ["--size=1T", path]);
    await expect(read(path)).rejects.toThrow("is too large");
  });

  it("leaves nothing open", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "x");
    mkdirSync(`${path}.folder`);
    const before = readdirSync("/proc/self/fd").length;
    for (let time = 0; time < 40; time += 1) {
      await read(path);
      await expect(read(`${path}.folder`)).rejects.toThrow();
    }
    expect(readdirSync("/proc/self/fd").length - before).toBeLessThan(20);
  });
});

it("a link is refused where none is to be followed", () => {
  const path = join(temporaryFolder(), "link");
  symlinkSync("/dev/null", path);
  expect(() => readFileNow(path, { ...intake, links: "refused" })).toThrow(/ELOOP/);
});

describe("a pipe", () => {
  it("is refused by who cannot wait", () => {
    expect(() => readFileNow(pipe(), intake)).toThrow("is a pipe");
  });

  it("is read to its end, however slowly it is written", async () => {
    const path = pipe();
    write(path, "printf a; sleep 0.1; printf b; sleep 0.1; printf c");
    expect(await waiting(path)).toBe("abc");
  });

  it("that nobody writes to yet is not empty: it is waited for", async () => {
    const path = pipe();
    const text = waiting(path);
    write(path, "printf rules");
    expect(await text).toBe("rules");
  });

  it("that nobody ever writes to, or ends, is refused in time", async () => {
    const soon = { signal: patient, waitMs: 100 };
    await expect(readInput(pipe(), intake, soon)).rejects.toThrow("is a pipe that said nothing within 0.1 s");
    const path = pipe();
    write(path, "printf a; sleep 60");
    await expect(readInput(path, intake, { signal: patient, waitMs: 3000 })).rejects.toThrow(
      "has no end within 3 s",
    );
  });

  it("that never ends is not read beyond what it may hold", async () => {
    const path = pipe();
    write(path, "exec cat /dev/zero");
    await expect(waiting(path)).rejects.toThrow("is too large");
  });

  it("is waited for no longer than until somebody wants to end", async () => {
    const controller = new AbortController();
    const text = readInput(pipe(), intake, { signal: controller.signal });
    controller.abort();
    await expect(text).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
