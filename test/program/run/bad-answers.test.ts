import { describe, expect, it } from "vitest";
import { rejectionOf } from "../../support/failure-of.js";
import type { Fault } from "../../practice-engine/fault.js";
import { everything, imageIn, minute, startScene } from "../../support/scene.js";

/** Where a run reads, in this order. */
const reads: Readonly<Record<string, RegExp>> = {
  ping: /^\/_ping/,
  info: /^\/info/,
  images: /^\/images\/json/,
  containers: /^\/containers\/json/,
  events: /^\/events/,
};

const message = { message: "something broke" };
const bad: Readonly<Record<string, Fault>> = {
  "a 500": { kind: "answer", status: 500, body: message },
  "a 404": { kind: "answer", status: 404, body: message },
  nonsense: { kind: "transform", body: () => "banana" },
  "a wrong type": { kind: "transform", body: () => '{"message":"x"}' },
  "a number": { kind: "transform", body: () => "7" },
  "half of it": { kind: "transform", body: (text) => text.slice(0, text.length / 2) },
  "a cut before the first byte": { kind: "cut", afterBytes: 0 },
  "a cut in the middle": { kind: "cut", afterBytes: 20 },
  silence: { kind: "hang" },
};
/** A ping says what it has to say in its header, and an object is the right type for `/info` alone. */
const harmless = new Set(["ping nonsense", "ping a wrong type", "ping a number", "ping half of it"]);

const cases = Object.keys(reads)
  .flatMap((read) => Object.keys(bad).map((what) => ({ read, what })))
  // What a 500 leaves in the ping's header is good enough; the next call fails then.
  .filter(({ read, what }) => !harmless.has(`${read} ${what}`) && !(read === "ping" && /^a [45]/.test(what)));

async function sceneWithLedger() {
  const scene = await startScene();
  for (const name of ["a:1", "b:1"]) scene.engine.load({ name });
  await scene.run();
  scene.clock.pass(5 * minute);
  scene.engine.run("a:1");
  scene.practice.requests.length = 0;
  return { scene, before: scene.record() };
}

describe("evidence that is missing or malformed means no removal, and the ledger stays as it was", () => {
  it.each(cases)("$read: $what", async ({ read, what }) => {
    const { scene, before } = await sceneWithLedger();
    scene.practice.onRequest = (_, path) => (reads[read]?.test(path) === true ? bad[what] : undefined);

    const failure = await rejectionOf(scene.run(everything, { timeoutMs: 1000 }));

    expect(failure.code).toBe("engine");
    expect(failure.message).toMatch(/^[^\n]+\.$/);
    expect(scene.deletes()).toEqual([]);
    expect(scene.record()).toEqual(before);
    // What happened meanwhile is not lost to the next run.
    scene.practice.onRequest = undefined;
    const next = await scene.run();
    expect(next.observation.gap).toBeNull();
    expect(imageIn(next, "a:1").lastUse.kind).toMatch(/^container-/);
  });

  const line = (fields: string) =>
    `{"Type":"image","Action":"x","Actor":{"ID":"","Attributes":{}}${fields}}\n`;
  it.each<[string, (text: string) => string]>([
    ["the first line is malformed", (text) => `banana\n${text}`],
    ["a line in the middle is", (text) => text.replace("\n", "\n{\n")],
    ["the last line is cut off", (text) => text.slice(0, -10)],
    ["a line has no time", (text) => text + line("")],
    ["a line's time is no whole number", (text) => text + line(',"timeNano":1.7e18')],
    ["an error stands behind the events", (text) => `${text}{"message":"read failed"}\n`],
    ["an event's type is a number", (text) => text.replace('"Type":"container"', '"Type":1')],
  ])("events: %s", async (_, body) => {
    const { scene, before } = await sceneWithLedger();
    scene.practice.onRequest = (__, path) =>
      path.startsWith("/events") ? { kind: "transform", body } : undefined;
    expect((await rejectionOf(scene.run(everything))).message).toMatch(/event line \d+/);
    expect(scene.deletes()).toEqual([]);
    expect(scene.record()).toEqual(before);
  });

  it.each<[string, RegExp, (text: string) => string]>([
    ["an image without an ID", /^\/images\/json/, (text) => text.replace('"Id"', '"Di"')],
    ["an image whose size is a text", /^\/images\/json/, (text) => text.replace(/"Size":\d+/, '"Size":"1"')],
    [
      "a container whose image is a name",
      /^\/containers\/json/,
      (text) => text.replace(/"ImageID":"[^"]+"/, '"ImageID":"a:1"'),
    ],
    ["a container list that is null", /^\/containers\/json/, () => "null"],
    ["an image list that is null", /^\/images\/json/, () => "null"],
    ["an engine without an ID", /^\/info/, (text) => text.replace(/"ID":"[^"]+"/, '"ID":""')],
    [
      "an engine without a time",
      /^\/info/,
      (text) => text.replace(/"SystemTime":"[^"]+"/, '"SystemTime":"soon"'),
    ],
  ])("%s", async (_, path, body) => {
    const { scene } = await sceneWithLedger();
    scene.engine.createContainer("a:1");
    const before = scene.record();
    scene.practice.onRequest = (__, asked) => (path.test(asked) ? { kind: "transform", body } : undefined);
    expect((await rejectionOf(scene.run(everything))).message).toContain("cannot be trusted");
    expect(scene.deletes()).toEqual([]);
    expect(scene.record()).toEqual(before);
  });

  it("also when there is no ledger yet: the next run is the first", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "a:1" });
    scene.practice.onRequest = (_, path) =>
      path.startsWith("/events") ? bad["a cut in the middle"] : undefined;
    expect((await rejectionOf(scene.run(everything))).code).toBe("engine");
    expect(scene.record().checkpoint).toBeNull();
    scene.practice.onRequest = undefined;
    expect((await scene.run()).observation.gap?.cause).toBe("first-run");
  });
});
