import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import { parseEventLines } from "../../../../src/engine/transport/event-lines.js";
import { rejectionOf } from "../../../support/failure-of.js";

async function read(chunks: readonly (Buffer | string)[]): Promise<EngineEvent[]> {
  async function* stream() {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  return all(parseEventLines(stream()));
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

/** As an engine writes it: the time goes in as text, as it does not fit into a number. */
function line({ timeNano, type, action, actorId, attributes }: EngineEvent): string {
  const event = { Type: type, Action: action, Actor: { ID: actorId, Attributes: attributes }, time: 1 };
  return `${JSON.stringify(event).slice(0, -1)},"timeNano":${timeNano}}`;
}

const event: EngineEvent = {
  timeNano: 1_756_000_000_123_456_789n,
  type: "container",
  action: "create",
  actorId: "c".repeat(64),
  attributes: { image: "größe/日本:1", name: "🐳" },
};

/** Cuts bytes into chunks at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index, all) => bytes.subarray(all[index - 1] ?? 0, end));
}

describe("event lines", () => {
  it("are the same events wherever a chunk ends, also inside a character", async () => {
    const bytes = Buffer.from(`${line(event)}\n${line({ ...event, action: "start" })}\n`);
    for (let place = 0; place <= bytes.length; place += 1) {
      expect(await read(cut(bytes, [place]))).toEqual([event, { ...event, action: "start" }]);
    }
    expect(await read([...bytes].map((byte) => Buffer.from([byte])))).toHaveLength(2);
  });

  it("are the same events for any chunks at all", async () => {
    const events = fc.array(
      fc.record({
        timeNano: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        type: fc.string(),
        action: fc.string({ unit: "grapheme" }),
        actorId: fc.string(),
        attributes: fc.record(
          { name: fc.string({ unit: "grapheme" }), image: fc.string(), imageID: fc.string() },
          { requiredKeys: [], noNullPrototype: true },
        ),
      }),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.array(fc.nat({ max: 5000 })),
        fc.constantFrom("\n", "\r\n", "\n\n"),
        async (some, places, end) => {
          const bytes = Buffer.from(some.map((one) => line(one) + end).join(""));
          expect(await read(cut(bytes, places))).toEqual(some);
        },
      ),
    );
  });

  it.each([
    ["an odd number beyond 2^53", "1756000000123456789", 1_756_000_000_123_456_789n],
    ["the largest that Go has", "9223372036854775807", 2n ** 63n - 1n],
    ["before 1970", "-62135596800000000000".slice(0, 20), -6_213_559_680_000_000_000n],
    ["zero", "0", 0n],
  ])("have their exact time: %s", async (_, text, timeNano) => {
    const [found] = await read([`{"Type":"image","Action":"x","timeNano":${text}}\n`]);
    expect(found?.timeNano).toBe(timeNano);
  });

  it("are not misled by a label that is called timeNano", async () => {
    const labels = { timeNano: "1", '"timeNano":2': '"timeNano":3' };
    const fooled = { ...event, attributes: { ...event.attributes, ...labels } };
    expect(await read([line(fooled)])).toEqual([event]);
  });

  it("may have white space, and fields that are not known", async () => {
    const spaced =
      ' { "Type": "image", "timeNano" : 5 , "Action": "pull", "new": [1], "Actor": { "ID": "a:1" } } ';
    expect(await read([spaced])).toEqual([
      { timeNano: 5n, type: "image", action: "pull", actorId: "a:1", attributes: {} },
    ]);
  });

  it.each([
    ["an empty stream", ""],
    ["empty lines", "\n\n\r\n  \n"],
  ])("are none in %s", async (_, text) => {
    expect(await read([text])).toEqual([]);
  });

  it("need no actor, as a prune event has none", async () => {
    const prune =
      '{"Type":"image","Action":"prune","Actor":{"ID":"","Attributes":{"reclaimed":"5"}},"timeNano":7}';
    expect(await read([prune])).toMatchObject([{ action: "prune", actorId: "", attributes: {} }]);
    const bare = '{"Type":"image","Action":"prune","timeNano":7}';
    expect(await read([bare])).toMatchObject([{ actorId: "", attributes: {} }]);
    const empty = '{"Type":"image","Action":"prune","Actor":{"Attributes":null},"timeNano":7}';
    expect(await read([empty])).toMatchObject([{ actorId: "", attributes: {} }]);
  });

  it("need no line feed behind the last", async () => {
    expect(await read([`${line(event)}\n${line(event)}`])).toHaveLength(2);
  });

  const good = line(event);
  it.each([
    ["not JSON", "banana", "event line 2 is not JSON"],
    ["cut off", good.slice(0, -20), "event line 2 is not JSON"],
    ["two on a line", good + good, "event line 2 is not JSON"],
    ["a number", "7", "event line 2 is 7, expected an object"],
    ["null", "null", "event line 2 is null, expected an object"],
    ["a list", "[]", "event line 2 is [], expected an object"],
    ["an error in mid-stream", '{"message":"boom"}', "event line 2 has no timeNano"],
    ["no time", '{"Type":"a","Action":"b","time":5}', "event line 2 has no timeNano"],
    ["a time in quotes", '{"Type":"a","Action":"b","timeNano":"5"}', "event line 2 has no timeNano"],
    ["a time with a fraction", '{"Type":"a","Action":"b","timeNano":1.7e18}', "event line 2 has no timeNano"],
    ["a time of 20 digits", '{"Type":"a","Action":"b","timeNano":12345678901234567890}', "has no timeNano"],
    ["no type", '{"Action":"b","timeNano":5}', "event line 2.Type is nothing, expected a text"],
    ["no action", '{"Type":"a","Action":null,"timeNano":5}', "event line 2.Action is null, expected a text"],
    [
      "an actor that is none",
      '{"Type":"a","Action":"b","Actor":"c","timeNano":5}',
      'Actor is "c", expected an object',
    ],
    [
      "an ID that is none",
      '{"Type":"a","Action":"b","Actor":{"ID":5},"timeNano":5}',
      "Actor.ID is 5, expected a text",
    ],
    [
      "an attribute that is no text",
      '{"Type":"a","Action":"b","Actor":{"ID":"","Attributes":{"x":1}},"timeNano":5}',
      "Actor.Attributes is 1, expected a table of texts",
    ],
  ])("that are malformed end the reading: %s", async (_, bad, sentence) => {
    const failure = await rejectionOf(read([`${good}\n${bad}\n${good}\n`]));
    expect(failure.code).toBe("engine");
    expect(failure.message).toContain("The engine's answer cannot be trusted: ");
    expect(failure.message).toContain(sentence);
    expect((await rejectionOf(read([`${good}\n${bad}`]))).message).toContain(sentence);
  });

  it("end without the last of them when that is cut off", async () => {
    const bytes = Buffer.from(`${good}\n`);
    for (let length = 1; length < good.length - 1; length += 7) {
      const failure = await rejectionOf(read([`${good}\n`, bytes.subarray(0, length)]));
      expect(failure.message).toContain("event line 2 is not JSON");
    }
  });

  it("do not fill the memory when there is no end to one", async () => {
    async function* endless() {
      for (;;) yield await Promise.resolve(Buffer.alloc(1024 * 1024, "x"));
    }
    const failure = await rejectionOf(all(parseEventLines(endless())));
    expect(failure.message).toContain("event line 1 is longer than 4 MiB");
  });

  it("are refused where they are more than may come at once", async () => {
    async function* endless() {
      for (;;) yield await Promise.resolve(Buffer.from(`${good}\n`));
    }
    const failure = await rejectionOf(all(parseEventLines(endless(), 1000)));
    expect(failure.message).toContain("/events has more than 1000 lines");
  });

  it("are refused where one is nested deeper than any", async () => {
    const failure = await rejectionOf(read([`${"[".repeat(100_000)}\n`]));
    expect(failure.message).toContain("event line 1 is nested more than 64 deep");
  });

  it("keep of a long action, type or actor the beginning, and of a name that is too long for one nothing", async () => {
    const long = "é".repeat(5000);
    // One character more than any may have, which tells it from a text that is whole.
    const cut = long.slice(0, 1025);
    const wide = {
      timeNano: 5n,
      type: long,
      action: long,
      actorId: long,
      attributes: { name: long, image: "a:1" },
    };
    expect(await read([line(wide)])).toEqual([
      { timeNano: 5n, type: cut, action: cut, actorId: cut, attributes: { image: "a:1" } },
    ]);
  });
});
