import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  createPrivateFile,
  createPrivateFolder,
  placePrivateFile,
  readRegularFile,
  readStart,
  unlessThere,
} from "../../../src/ledger/file/private-file.js";
import { projectRoot } from "../../support/project.js";
import { temporaryFolder } from "../../support/ledger/temporary-folder.js";

const fileIn = (folder = temporaryFolder()) => join(folder, "file");
const content = Buffer.from("content");
const thereAlready: unknown = expect.objectContaining({ code: "EEXIST" });

/** Whether many of such calls keep their file open. */
function leaks(call: () => unknown): boolean {
  const openFiles = () => readdirSync("/proc/self/fd").length;
  const before = openFiles();
  for (let time = 0; time < 50; time += 1) call();
  // Whatever else goes on in this process opens a few.
  return openFiles() - before > 25;
}

describe("a new file", () => {
  test("is never what is there already, nor what a link leads to", () => {
    const path = fileIn();
    writeFileSync(path, content);
    expect(() => createPrivateFile(path)).toThrow(thereAlready);
    expect(readFileSync(path)).toEqual(content);
    const [link, target] = [fileIn(), fileIn()];
    symlinkSync(target, link);
    expect(() => createPrivateFile(link)).toThrow(thereAlready);
    expect(existsSync(target)).toBe(false);
  });

  test("is not left open", () => {
    const folder = temporaryFolder();
    let count = 0;
    expect(leaks(() => createPrivateFile(join(folder, String((count += 1)))))).toBe(false);
  });

  test("may have come from somebody else, at the same moment; any other failure is one", () => {
    const path = fileIn();
    createPrivateFile(path);
    unlessThere(() => createPrivateFile(path));
    expect(() => unlessThere(() => createPrivateFile(join(path, "file")))).toThrow(
      expect.objectContaining({ code: "ENOTDIR" }),
    );
  });
});

test("a folder that is there stays as it is", () => {
  const folder = join(temporaryFolder(), "folder");
  mkdirSync(folder, { mode: 0o755 });
  createPrivateFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});

describe("placing a file", () => {
  test("takes the place of what is there, whole, and leaves nothing else", () => {
    const folder = temporaryFolder();
    const path = fileIn(folder);
    writeFileSync(path, "longer than what comes after it");
    // What a killed run has left.
    writeFileSync(`${path}.new`, "half");
    const { ino } = statSync(path);
    placePrivateFile(path, content);
    expect(readFileSync(path)).toEqual(content);
    expect(statSync(path).ino).not.toBe(ino);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("does not follow a link in the place of the file", () => {
    const [path, target] = [fileIn(), fileIn()];
    symlinkSync(target, path);
    placePrivateFile(path, content);
    expect(readFileSync(path)).toEqual(content);
    expect(existsSync(target)).toBe(false);
  });

  test("fails where it cannot be done, and leaves no draft", () => {
    const folder = temporaryFolder();
    const path = fileIn(folder);
    mkdirSync(path);
    expect(() => placePrivateFile(path, content)).toThrow(expect.objectContaining({ code: "EISDIR" }));
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("leaves no file open", () => {
    const path = fileIn();
    expect(leaks(() => placePrivateFile(path, content))).toBe(false);
  });
});

describe("reading a file", () => {
  test("says that there is none", () => {
    expect(readRegularFile(fileIn())).toBeNull();
    expect(readStart(fileIn(), 3)).toBeNull();
  });

  test("reads all of it, or no more than its start", () => {
    const path = fileIn();
    writeFileSync(path, content);
    expect(readRegularFile(path)).toEqual(content);
    expect(readStart(path, 3)?.toString()).toBe("con");
    expect(readStart(path, 100)).toEqual(content);
  });

  test("refuses what is no file", () => {
    expect(() => readRegularFile(temporaryFolder())).toThrow(/is a folder/);
    expect(() => readStart("/dev/null", 3)).toThrow(/is no regular file/);
  });

  test("does not wait for somebody to write into a pipe", () => {
    const pipe = fileIn();
    execFileSync("mkfifo", [pipe]);
    // In a process of its own, as nothing here could end the waiting.
    const script = `import { readStart } from "./src/ledger/file/private-file.ts"; readStart("${pipe}", 3);`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", script];
    const { stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, timeout: 30_000 });
    expect(stderr.toString()).toContain("is no regular file");
  });

  test("does not follow a link", () => {
    const [path, target] = [fileIn(), fileIn()];
    writeFileSync(target, content);
    symlinkSync(target, path);
    expect(() => readRegularFile(path)).toThrow(expect.objectContaining({ code: "ELOOP" }));
  });

  test("refuses more than a database in memory can hold", () => {
    const path = fileIn();
    createPrivateFile(path);
    truncateSync(path, 2 ** 30 + 1);
    expect(() => readRegularFile(path)).toThrow(/is larger than 1 GiB/);
  });

  test("leaves no file open", () => {
    const path = fileIn();
    writeFileSync(path, content);
    expect(leaks(() => readRegularFile(path))).toBe(false);
  });
});
