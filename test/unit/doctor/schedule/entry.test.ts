import { describe, expect, it } from "vitest";
import { argumentsIn, shellWords } from "../../../../src/doctor/schedule/entry.js";

describe("a line of shell", () => {
  it.each<[string, readonly string[]]>([
    ["docker-gc --quota 50G", ["docker-gc", "--quota", "50G"]],
    [`docker-gc --keep 'a b' --keep "c d"x`, ["docker-gc", "--keep", "a b", "--keep", "c dx"]],
    ["docker-gc --quiet >/dev/null 2>&1", ["docker-gc", "--quiet"]],
    ["docker-gc --quiet 2>/dev/null", ["docker-gc", "--quiet"]],
    ["docker-gc # every hour", ["docker-gc"]],
    [String.raw`docker-gc --keep a\*`, ["docker-gc", "--keep", "a*"]],
    ["", []],
  ])("%s", (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });
});

describe("a command", () => {
  it.each<[string, readonly string[] | null]>([
    ["/usr/bin/env docker-gc -q", ["-q"]],
    ["/usr/local/bin/docker-gc", []],
    ["/opt/docker-gc-linux-x64 status", ["status"]],
    ["docker gc --quota 1G", ["--quota", "1G"]],
    ["docker system prune", null],
    ["my-docker-gc", null],
  ])("%s", (line, words) => {
    expect(argumentsIn(line.split(" "))).toEqual(words);
  });
});
