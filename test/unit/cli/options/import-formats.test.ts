import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseUseFile } from "../../../../src/cli/options/import-formats.js";
import { Failure } from "../../../../src/core/text/failure.js";
import { imageId } from "../../../support/values.js";
import { failureOf } from "../../../support/failure-of.js";

const [app, web, old] = [imageId("app"), imageId("web"), imageId("old")];

function usesIn(text: string): object {
  const { format, uses } = parseUseFile(text, "file");
  return { format, uses: Object.fromEntries(uses) };
}

const docuum = `---
images:
  "${app}":
    parent_id: ~
    last_used_since_epoch:
      secs: 1769853600
      nanos: 123456789
  "${web}":
    parent_id: "${app}"
    repository_tags:
      - repository: web
        tag: "1"
    last_used_since_epoch:
      secs: 1769850000
      nanos: 5
  "${old}":
    parent_id: ~
    last_used_since_epoch:
      secs: 1800000000
      nanos: 0
`;

describe("a file of last uses", () => {
  it("is docuum's, whose times of whole seconds are creation dates", () => {
    const until = 1769853600123;
    expect(usesIn(docuum)).toEqual({
      format: "docuum",
      uses: { [app]: { at: until, until }, [web]: { at: 1769850000000, until }, [old]: null },
    });
  });

  it("is one of an early docuum, which kept the time alone", () => {
    const text = `---\nimages:\n  "${app}":\n    secs: 1769853600\n    nanos: 500000000\n`;
    const at = 1769853600500;
    expect(usesIn(text)).toEqual({ format: "docuum", uses: { [app]: { at, until: at } } });
  });

  it("is IoT Edge's, whatever ends its lines", () => {
    const text = `${app} 1769853600\r\n${web.slice("sha256:".length)} 1769850000\n`;
    const until = 1769853600000;
    expect(usesIn(text)).toEqual({
      format: "iotedge",
      uses: { [app]: { at: until, until }, [web]: { at: 1769850000000, until } },
    });
  });

  it("may speak of what is no image ID, which then is no image", () => {
    expect(usesIn(`sha256:short 5\n${app} 7\n`)).toMatchObject({ uses: { [app]: { at: 7000 } } });
  });

  it.each<[string, string, string]>([
    ["an empty file", "", "the file is empty"],
    ["blank lines", "\n \n", "the file is empty"],
    ["another text", "hello world\n", "its format is not known"],
    ["another YAML document", "images: [1, 2]\n", "its format is not known"],
    [
      "a time that is none",
      `images:\n  "${app}":\n    last_used_since_epoch: yesterday\n`,
      "its format is not known",
    ],
    ["a negative time", `images:\n  "${app}":\n    secs: -1\n    nanos: 0\n`, "its format is not known"],
    ["no images", "images: {}\n", "it has no images"],
    ["broken YAML", 'images: {"a\n', "it cannot be read"],
    ["one bad line among good ones", `${app} 5\n${web}\n`, "file: "],
  ])("is not %s", (_, text, sentence) => {
    const failure = failureOf(() => parseUseFile(text, "file"));
    expect(failure.code).toBe("usage");
    expect(failure.message).toContain(sentence);
    expect(failure.message).toMatch(/^file: [^\n]*expected docuum's state\.yml or IoT Edge's image_use\.$/);
  });

  it("never fails with anything but a usage failure", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (text) => {
        try {
          parseUseFile(text, "file");
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 300 },
    );
  });
});
