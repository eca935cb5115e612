import fc from "fast-check";
import { expect, test } from "vitest";
import { piecesOfList } from "../../../../src/engine/transport/list-pieces.js";
import { rejectionOf } from "../../../support/failure-of.js";

const parse = (text: string): unknown => JSON.parse(text);

/** The text as it may come over a connection. */
async function* chunksOf(text: string, bytes: number): AsyncGenerator<Buffer> {
  const whole = Buffer.from(text);
  for (let at = 0; at < whole.length; at += bytes) yield Promise.resolve(whole.subarray(at, at + bytes));
}

async function piecesIn(text: string, chunkBytes: number, pieceBytes: number): Promise<unknown[]> {
  const pieces: unknown[] = [];
  for await (const piece of piecesOfList(chunksOf(text, chunkBytes), "GET /list", parse, pieceBytes))
    pieces.push(piece);
  return pieces;
}

/** Texts that look like the end of an element, nested lists of objects, and letters of several bytes. */
const anyText = fc.constantFrom("", "},{", '"},{"', "[{", "}]", "\\", "ä€😀");
const anyElement = fc.record({
  id: anyText,
  names: fc.array(anyText, { maxLength: 3 }),
  mounts: fc.array(fc.record({ type: anyText, labels: fc.dictionary(anyText, anyText) }), { maxLength: 3 }),
});
const anyList = fc.array(anyElement, { maxLength: 30 });
const anyBytes = fc.integer({ min: 1, max: 200 });

test("all elements come, in their order, wherever chunks and pieces end", async () => {
  await fc.assert(
    fc.asyncProperty(anyList, anyBytes, anyBytes, async (list, chunkBytes, pieceBytes) => {
      const pieces = await piecesIn(JSON.stringify(list), chunkBytes, pieceBytes);
      expect((pieces as unknown[][]).flat()).toEqual(list);
    }),
  );
});

test("a long list comes in pieces of about the size that is asked for", async () => {
  const list = Array.from({ length: 1000 }, (_, number) => ({ number, names: [`},{ ${number}`] }));
  const pieces = (await piecesIn(JSON.stringify(list), 100, 500)) as unknown[][];
  expect(pieces.length).toBeGreaterThan(20);
  expect(Math.max(...pieces.map((piece) => JSON.stringify(piece).length))).toBeLessThan(2500);
});

test("a list of nested lists is tried no more often than it doubles", async () => {
  const text = `[${JSON.stringify({ mounts: Array.from({ length: 5000 }, () => ({})) })}]`;
  let tries = 0;
  const count = (piece: string): unknown => {
    tries += 1;
    return parse(piece);
  };
  for await (const _ of piecesOfList(chunksOf(text, 10), "GET /list", count, 10))
    expect(_).toEqual(parse(text));
  expect(tries).toBeLessThan(20);
});

test.each(["{}", "null", '"},{"', '{"a":[{},{}]}', "[]", " [ ]\n"])(
  "what is no list, or an empty one, is given as it is: %s",
  async (text) => {
    expect(await piecesIn(text, 1, 1)).toEqual([parse(text)]);
  },
);

test.each([
  '[{"a":1},]',
  '[,{"a":1}]',
  '[{"a":1},,{"b":2}]',
  '[{"a":1},{"b":2}',
  '[{"a":1},{"b":2},',
  '[{"a":1},{"b"',
  "[",
  "",
  '[{"a":1},{"b":2}]]',
  "{},{}",
])("what is no JSON as a whole is refused, whatever its pieces say: %s", async (text) => {
  await expect(piecesIn(text, 1, 1)).rejects.toThrow(SyntaxError);
});

test("an element that is larger than any engine's is refused, before it is whole", async () => {
  async function* endless() {
    yield Buffer.from('[{"a":1},{"b":"');
    for (;;) yield await Promise.resolve(Buffer.alloc(64 * 1024, "x"));
  }
  const pieces = piecesOfList(endless(), "GET /list", parse);
  const failure = await rejectionOf(all(pieces));
  expect(failure.code).toBe("engine");
  expect(failure.message).toBe(
    "The engine's answer cannot be trusted: an element of GET /list has more than 4 MiB, as no engine's has.",
  );
});

test("what is nested deeper than any engine's answers is refused", async () => {
  const failure = await rejectionOf(piecesIn(`[{"a":1},${"[".repeat(300_000)}`, 65536, 1000));
  expect(failure.message).toContain("GET /list is nested more than 64 deep");
});

async function all(values: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const value of values) found.push(value);
  return found;
}
