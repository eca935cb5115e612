import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markText, parseMark, placeMark } from "../../../src/cli/mark-file.js";
import type { Mark } from "../../../src/core/uses/mark.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { imageId } from "../../support/values.js";

const mark: Mark = {
  engine: "ID overlay2 /var/lib/docker",
  at: 1_700_000_000_000,
  anchor: { timeNano: 1_700_000_000_123_456_789n, type: "image", action: "tag", actorId: imageId("a") },
  images: new Set([imageId("a"), imageId("b")]),
  manifests: new Set([imageId("m")]),
};

describe("a mark", () => {
  it.each([mark, { ...mark, anchor: null, images: new Set<never>() }])(
    "is read as it was written",
    (each) => {
      expect(parseMark(markText(each))).toEqual(each);
    },
  );

  it.each([
    "",
    "null",
    "{}",
    "[]",
    markText(mark).slice(0, -10),
    markText(mark).replace("mark 1", "mark 2"),
    markText(mark).replace(imageId("b"), "b"),
    markText(mark).replace('"images":[', '"images":[7,'),
    markText(mark).replace("1700000000123456789", "soon"),
  ])("is nothing else: %j", (text) => {
    expect(parseMark(text)).toBeNull();
  });

  it("is put into place for its user alone, over a former one or an empty file", () => {
    const path = join(temporaryFolder(), "mark");
    writeFileSync(path, "", { mode: 0o644 });
    placeMark(path, { ...mark, at: 0 });
    placeMark(path, mark);
    expect(parseMark(readFileSync(path, "utf8"))).toEqual(mark);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("replaces nothing else", () => {
    const path = join(temporaryFolder(), "notes");
    writeFileSync(path, "mine\n");
    expect(() => placeMark(path, mark)).toThrow("exists and is not a mark");
    expect(readFileSync(path, "utf8")).toBe("mine\n");
    mkdirSync(join(path, "../folder"));
    expect(() => placeMark(join(path, "../folder"), mark)).toThrow("cannot be written");
    expect(() => placeMark(join(path, "../none/mark"), mark)).toThrow("cannot be written");
  });
});
