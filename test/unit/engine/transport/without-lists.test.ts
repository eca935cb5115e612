import fc from "fast-check";
import { expect, test } from "vitest";
import { textWithoutLists } from "../../../../src/engine/transport/without-lists.js";
import { rejectionOf } from "../../../support/failure-of.js";

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const anyText = fc.constantFrom("", "[", "]", '"', "\\", '\\"[', "ä€😀", "plain");
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.integer(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(anyText, tie("value"), { maxKeys: 3 }),
  ),
}));

/** With every list empty. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, emptied(each)]));
}

test("JSON stays as it is but for what is in lists, wherever its chunks end", async () => {
  await fc.assert(
    fc.asyncProperty(anyValue, fc.integer({ min: 1, max: 50 }), async (value, size) => {
      const text = await textWithoutLists(chunksOf(Buffer.from(JSON.stringify(value)), size), "GET /list");
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(emptied(value))));
    }),
  );
});

test("what is left is bounded", async () => {
  const chunks = chunksOf(Buffer.alloc(5 * 1024 * 1024, "x"), 65536);
  const failure = await rejectionOf(textWithoutLists(chunks, "GET /system/df"));
  expect(failure.message).toContain("GET /system/df has more than 4 MiB");
});
