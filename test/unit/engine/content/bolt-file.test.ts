import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBolt, type BoltBucket } from "../../../../src/engine/content/bolt-file.js";
import { boltFile, type BoltTree } from "../../../support/bolt-file.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

function fileOf(content: Buffer): string {
  const path = join(temporaryFolder(), "meta.db");
  writeFileSync(path, content);
  return path;
}

const wide = Object.fromEntries(
  Array.from({ length: 400 }, (_, place) => [`key ${place}`, { text: `${place} `.repeat(40) }]),
);

describe("a Bolt file", () => {
  it.each<[string, BoltTree, readonly string[], string | null]>([
    ["a text of the root", { a: "text" }, ["a"], "text"],
    ["a text in a bucket that lies in its value", { a: { b: "text" } }, ["a", "b"], "text"],
    ["a text below buckets with pages of their own", { a: { b: { c: "text" } } }, ["a", "b", "c"], "text"],
    ["a text below branches", { a: wide }, ["a", "key 371", "text"], "371 ".repeat(40)],
    ["a text longer than a page", { a: "x".repeat(10_000) }, ["a"], "x".repeat(10_000)],
    ["nothing before the first key", { b: "text" }, ["a"], null],
    ["nothing behind the last key", { a: wide }, ["a", "z", "text"], null],
    ["no text where a bucket is", { a: { b: "text" } }, ["a"], null],
    ["no bucket where a text is", { a: "text" }, ["a", "b"], null],
    ["nothing in what is empty", {}, ["a"], null],
  ])("tells %s", (_, tree, path, text) => {
    expect(readBolt(fileOf(boltFile(tree)), at(...path))).toBe(text);
  });

  it("tells each text of any tree", () => {
    const key = fc.string({ minLength: 1, maxLength: 40 });
    const { tree } = fc.letrec<{ tree: BoltTree }>((tie) => ({
      tree: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, fc.string({ maxLength: 3_000 }), tie("tree")), {
        maxKeys: 30,
        noNullPrototype: true,
      }),
    }));
    fc.assert(
      fc.property(tree, (any) => {
        const path = fileOf(boltFile(any));
        for (const { keys, text } of textsIn(any)) expect(readBolt(path, at(...keys))).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it("is read again where it was written to meanwhile", () => {
    const path = fileOf(boltFile({ a: "old" }));
    let readings = 0;
    const read = (root: BoltBucket) => {
      readings += 1;
      const text = root.text("a");
      if (readings === 1) writeFileSync(path, boltFile({ a: "new" }, 8n));
      return text;
    };
    expect(readBolt(path, read)).toBe("new");
    expect(readings).toBe(2);
  });

  it("is given up where it is written to without a pause", () => {
    const path = fileOf(boltFile({ a: "old" }));
    let next = 8n;
    const read = () => {
      writeFileSync(path, boltFile({ a: "new" }, next));
      next += 1n;
    };
    expect(readBolt(path, read)).toBeNull();
  });

  it.each<[string, (content: Buffer) => Buffer]>([
    ["is empty", () => Buffer.alloc(0)],
    ["is something else", () => Buffer.from("SQLite format 3".repeat(1000))],
    ["ends too early", (content) => content.subarray(0, 2 * 4096)],
    ["has a head that was not written to its end", (content) => content.fill(7, 4096 + 40, 4096 + 44)],
    ["has pages of rubbish", (content) => content.fill(0xff, 2 * 4096)],
    ["leads round in a circle", (content) => circle(content)],
  ])("that %s tells nothing", (_, spoil) => {
    expect(readBolt(fileOf(spoil(boltFile({ a: wide }))), at("a", "key 3", "text"))).toBeNull();
  });
});

function at(...path: readonly string[]): (root: BoltBucket) => string | null {
  return (root) => {
    let bucket: BoltBucket | null = root;
    for (const name of path.slice(0, -1)) bucket = bucket?.bucket(name) ?? null;
    return bucket?.text(path.at(-1) ?? "") ?? null;
  };
}

function textsIn(tree: BoltTree): { keys: readonly string[]; text: string }[] {
  return Object.keys(tree).flatMap((name) => {
    const content = tree[name] ?? "";
    if (typeof content === "string") return [{ keys: [name], text: content }];
    return textsIn(content).map(({ keys, text }) => ({ keys: [name, ...keys], text }));
  });
}

/** Makes each page a branch whose only child is itself. */
function circle(content: Buffer): Buffer {
  for (let page = 2; page * 4096 < content.length; page += 1) {
    content.writeUInt16LE(1, page * 4096 + 8);
    content.writeUInt16LE(1, page * 4096 + 10);
    content.writeUInt32LE(0, page * 4096 + 12);
    content.writeBigUInt64LE(BigInt(page), page * 4096 + 24);
  }
  return content;
}
