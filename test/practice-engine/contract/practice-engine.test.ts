import { afterEach, describe, expect, test } from "vitest";
import { EngineClient } from "../../support/engine-client.js";
import { SteeredClock } from "../clock.js";
import { startPracticeEngine, type PracticeEngine, type PracticeEngineOptions } from "../server.js";

/** What the practice engine can and a real one cannot: faults, any API version, any time, any size. */

const week = 7 * 24 * 60 * 60 * 1000;
let practice: PracticeEngine | undefined;

async function start(
  options: PracticeEngineOptions = {},
): Promise<{ practice: PracticeEngine; client: EngineClient }> {
  practice = await startPracticeEngine(options);
  return { practice, client: new EngineClient(practice.host) };
}

afterEach(async () => {
  await practice?.close();
  practice = undefined;
});

describe("faults", () => {
  test("another answer: nothing is done", async () => {
    const { practice, client } = await start({
      onRequest: (method) =>
        method === "DELETE" ? { kind: "answer", status: 500, body: { message: "broken" } } : undefined,
    });
    practice.engine.load({ name: "app:1" });
    expect(await client.request("DELETE", "/images/app:1")).toMatchObject({
      status: 500,
      text: '{"message":"broken"}\n',
    });
    expect(await client.listImages()).toHaveLength(1);
  });

  test("a cut: it is done, and the answer breaks off", async () => {
    const { practice, client } = await start();
    practice.engine.load({ name: "app:1" });
    practice.onRequest = () => ({ kind: "cut", afterBytes: 5 });
    await expect(client.request("DELETE", "/images/app:1")).rejects.toThrow("aborted");
    practice.onRequest = undefined;
    expect(await client.listImages()).toHaveLength(0);
  });

  test("no answer at all", async () => {
    const { practice, client } = await start({ onRequest: () => ({ kind: "hang" }) });
    const asked = client.request("GET", "/_ping");
    const first = await Promise.race([
      asked.then(() => "answered"),
      client.waitFor(() => Promise.resolve(practice.requests.length > 0)),
    ]);
    expect(first).toBeUndefined();
    await practice.close();
    await expect(asked).rejects.toThrow("socket hang up");
    expect(practice.requests).toEqual([{ method: "GET", path: "/_ping", status: 0 }]);
  });

  test("another body", async () => {
    const { client } = await start({
      onRequest: () => ({ kind: "transform", body: (text) => text.toLowerCase() }),
    });
    expect((await client.request("GET", "/_ping")).text).toBe("ok");
  });

  test("a late answer", async () => {
    const { client } = await start({ onRequest: () => ({ kind: "delay", ms: 50 }) });
    const before = performance.now();
    expect((await client.request("GET", "/_ping")).text).toBe("OK");
    expect(performance.now() - before).toBeGreaterThan(45);
  });
});

test("requests are written down without the API version, with the query", async () => {
  const { practice, client } = await start();
  await client.request("GET", "/v1.41/images/json?all=1");
  await client.request("GET", "/v1.99/images/json");
  expect(practice.requests).toEqual([
    { method: "GET", path: "/images/json?all=1", status: 200 },
    { method: "GET", path: "/images/json", status: 400 },
  ]);
});

describe("API versions", () => {
  const cases = [
    { apiVersion: "1.41", asked: "", legacy: true, tags: ["<none>:<none>"] },
    { apiVersion: "1.51", asked: "", legacy: true, tags: [] },
    { apiVersion: "1.51", asked: "/v1.42", legacy: true, tags: ["<none>:<none>"] },
    { apiVersion: "1.52", asked: "", legacy: false, tags: [] },
    { apiVersion: "1.52", asked: "/v1.51", legacy: true, tags: [] },
  ];
  test.each(cases)("an engine of $apiVersion, asked $asked", async ({ apiVersion, asked, legacy, tags }) => {
    const started = Date.UTC(2026, 0, 1);
    const clock = new SteeredClock(started);
    const { practice, client } = await start({ apiVersion, now: clock.now });
    practice.engine.load({});
    clock.advance(2000);
    const images = await client.request("GET", `${asked}/images/json`);
    expect(JSON.parse(images.text)).toMatchObject([{ RepoTags: tags }]);
    const events = await client.request("GET", `${asked}/events?since=0&until=${started / 1000 + 1}`);
    expect(events.text.includes('"status":"load"')).toBe(legacy);
    expect(events.text).toContain('"Action":"load"');
  });

  test.each([
    { asked: "1.11", text: "client version 1.11 is too old. Minimum supported API version is 1.12" },
    { asked: "1.42", text: "client version 1.42 is too new. Maximum supported API version is 1.41" },
  ])("$asked is refused", async ({ asked, text }) => {
    const { client } = await start();
    const answer = await client.request("GET", `/v${asked}/info`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(text);
  });
});

test("a week passes at once", async () => {
  const clock = new SteeredClock(Date.UTC(2026, 0, 1));
  const { practice, client } = await start({ now: clock.now });
  practice.engine.load({ name: "app:1" });
  clock.advance(week);
  practice.engine.run("app:1");
  const events = await client.listEvents();
  expect(events.map(({ action }) => action)).toEqual([
    "load",
    "create",
    "connect",
    "start",
    "die",
    "disconnect",
    "destroy",
  ]);
  const [load, create] = events.map(({ timeNano }) => timeNano);
  expect(((create ?? 0n) - (load ?? 0n)) / 1_000_000n).toBe(BigInt(week));
});

test("a pulled image has a digest, which goes with its last tag", async () => {
  const { practice, client } = await start();
  practice.engine.pull({ name: "localhost:5000/team/app:1", megabytes: 3 });
  const [image] = await client.listImages();
  const [digest = ""] = image?.RepoDigests ?? [];
  expect(digest).toMatch(/^localhost:5000\/team\/app@sha256:[0-9a-f]{64}$/);
  const answer = JSON.parse(
    (await client.request("DELETE", "/images/localhost:5000/team/app:1")).text,
  ) as unknown[];
  expect(answer.slice(0, 2)).toEqual([{ Untagged: "localhost:5000/team/app:1" }, { Untagged: digest }]);
  expect(await client.listImages()).toEqual([]);
});

test("a hundred thousand images", async () => {
  const { practice, client } = await start();
  for (let index = 0; index < 100_000; index += 1)
    practice.engine.load({ name: `many/image-${index}:1`, megabytes: 1 });
  expect(await client.listImages()).toHaveLength(100_000);
  for (let index = 0; index < 1_000; index += 1) practice.engine.removeImage(`many/image-${index}:1`);
  const usage = JSON.parse((await client.request("GET", "/system/df?type=image")).text) as {
    LayersSize: number;
  };
  expect(usage.LayersSize).toBe(99_000 * 1_000_000);
});
