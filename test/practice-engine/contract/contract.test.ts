import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { describeWithRealEngine } from "../../support/describe-real-engine.js";
import { busyboxBytes } from "../../support/docker-archive.js";
import { EngineClient } from "../../support/engine-client.js";
import { eventsOf, type ListedEvent } from "../../support/engine-events.js";
import { parseApiVersion } from "../dialect.js";
import { startPracticeEngine, type PracticeEngine } from "../server.js";
import { openRequest, type HttpAnswer } from "../../support/unix-http.js";
import { eventScenes } from "./event-scenes.js";
import { neutralEvents, withoutIds } from "./neutral.js";
import { questions } from "./questions.js";
import { removalScenes } from "./removal-scenes.js";
import { missingKeys, shapeDifferences } from "./shape.js";

interface Both<T> {
  readonly practice: T;
  readonly real: T;
}

describeWithRealEngine("the practice engine and a real one", (engine) => {
  let practice: PracticeEngine;
  let practiceClient: EngineClient;
  let apiVersion: number;

  beforeAll(async () => {
    const { text } = await engine().client.request("GET", "/version");
    const version = (JSON.parse(text) as { ApiVersion: string }).ApiVersion;
    apiVersion = parseApiVersion(version);
    practice = await startPracticeEngine({ apiVersion: version });
    practiceClient = new EngineClient(practice.host);
  });
  afterAll(() => practice.close());

  async function both<T>(ask: (client: EngineClient) => Promise<T>): Promise<Both<T>> {
    return { practice: await ask(practiceClient), real: await ask(engine().client) };
  }

  async function expectSame<T>(ask: (client: EngineClient) => Promise<T>): Promise<T> {
    const answers = await both(ask);
    expect(answers.practice).toEqual(answers.real);
    return answers.real;
  }

  describe("answers of the same shape", () => {
    beforeAll(() =>
      both(async (client) => {
        await client.loadImage({
          name: "app:1",
          layers: [busyboxBytes() + 1000, 2000],
          labels: { keep: "1" },
        });
        await client.createContainer("app:1", { name: "web", start: true });
      }),
    );
    afterAll(() => both((client) => client.removeAll()));

    test.each(questions)("GET $path", async ({ path, used }) => {
      const answers = await both((client) => client.request("GET", path));
      expect(answers.practice.status).toBe(answers.real.status);
      const [practiceBody, realBody] = [jsonOf(answers.practice), jsonOf(answers.real)];
      expect(shapeDifferences(practiceBody, realBody)).toEqual([]);
      expect(missingKeys(practiceBody, used)).toEqual([]);
    });

    test("_ping", async () => {
      const asked = await both((client) => client.request("GET", "/_ping"));
      expect(asked.practice.text).toBe(asked.real.text);
      expect(asked.practice.headers["api-version"]).toBe(asked.real.headers["api-version"]);
    });
  });

  describe("lists and accounts", () => {
    afterEach(() => both((client) => client.removeAll()));

    test("names and sizes of images", async () => {
      await expectSame(async (client) => {
        const baseLayers = [busyboxBytes() + 700];
        await client.loadImage({
          name: ["app:1", "localhost:5000/team/app:1"],
          baseLayers,
          layers: [1000],
          seed: "app",
        });
        await client.loadImage({ layers: [busyboxBytes() + 3000], seed: "nameless" });
        await client.tag("app:1", "docker.io/library/full:1");
        const listed = JSON.parse((await client.request("GET", "/images/json")).text) as { Id: string }[];
        const history = JSON.parse((await client.request("GET", "/images/app:1/history")).text) as {
          Size: number;
        }[];
        const used = JSON.parse((await client.request("GET", "/system/df")).text) as { LayersSize: number };
        return {
          listed: listed.toSorted((a, b) => a.Id.localeCompare(b.Id)),
          history: history.map(({ Size }) => Size),
          layersSize: used.LayersSize,
        };
      });
    });

    test("a container whose tag has moved", async () => {
      await expectSame(async (client) => {
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000] });
        await client.createContainer("app:1");
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000], seed: "newer" });
        const [container] = JSON.parse((await client.request("GET", "/containers/json?all=1")).text) as {
          Image: string;
          ImageID: string;
        }[];
        return { image: container?.Image, id: container?.ImageID };
      });
    });
  });

  describe("removals", () => {
    afterEach(() => both((client) => client.removeAll()));

    test.each(removalScenes)("$name", async ({ before, requests }) => {
      await expectSame(async (client) => {
        await before(client);
        const ids = new Map(
          (await client.listImages()).flatMap((one) => (one.RepoTags ?? []).map((tag) => [tag, one.Id])),
        );
        const answers: unknown[] = [];
        for (const request of requests) {
          const target = request
            .replace(/\{([^}]+):short\}/, (_, name: string) => ids.get(name)?.slice(7, 19) ?? name)
            .replace(/\{([^}]+)\}/, (_, name: string) => ids.get(name) ?? name);
          const answer = await client.request("DELETE", `/images/${target}`);
          answers.push({ request, status: answer.status, body: withoutIds(answer.text.trim()) });
        }
        const left = (await client.listImages()).map(({ RepoTags }) => RepoTags ?? []);
        return { answers, left: left.map((tags) => tags.join()).sort() };
      });
    });

    test("the deleted layers are named by chain ID", async () => {
      await expectSame(async (client) => {
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000, 2000, 3000] });
        return jsonOf(await client.request("DELETE", "/images/app:1"));
      });
    });
  });

  describe("events", () => {
    afterEach(() => both((client) => client.removeAll()));

    test.each(eventScenes)("$name", async ({ before, act, last, unknownSince }) => {
      const events = await both(async (client) => {
        await before?.(client);
        const during = neutralEvents(await eventsDuring(client, act));
        return last === undefined ? during : during.slice(0, during.indexOf(last) + 1);
      });
      const isKnown = (event: string): boolean =>
        unknownSince === undefined ||
        apiVersion < unknownSince.apiVersion ||
        !event.startsWith(unknownSince.event);
      expect(events.practice).toEqual(events.real.filter(isKnown));
    });

    test("lines of the same shape", async () => {
      const lines = await both(async (client) => {
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000], labels: { keep: "1" } });
        await client.tag("app:1", "app:2");
        await client.runRemoved("app:1");
        return (await client.listEvents())
          .slice(-8)
          .map(({ line }) => JSON.parse(line) as { Type: string; Action: string });
      });
      const practiceLines = lines.practice.map((line) => {
        const same = lines.real.find((other) => other.Type === line.Type && other.Action === line.Action);
        return shapeDifferences(line, same);
      });
      expect(practiceLines.flat()).toEqual([]);
    });

    test("the buffer holds the last 256 of all types", async () => {
      const kinds = await expectSame(async (client) => {
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000] });
        await client.runRemoved("app:1");
        for (let index = 0; index < 255; index += 1) await client.tag("app:1", `app:t${index}`);
        return (await client.listEvents()).map(({ type, action }) => `${type} ${action}`);
      });
      expect(kinds).toHaveLength(256);
    });

    test("since and until are inclusive to the nanosecond", async () => {
      await expectSame(async (client) => {
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000] });
        for (const tag of ["a", "b", "c", "d"]) await client.tag("app:1", `app:${tag}`);
        const [a, b, c, d] = (await client.listEvents()).slice(-4).map(({ timeNano }) => timeNano);
        if (a === undefined || b === undefined || c === undefined || d === undefined)
          throw new Error("No events.");
        const between = async (since: bigint, until: bigint): Promise<(string | undefined)[]> => {
          const { text } = await client.request(
            "GET",
            `/events?since=${seconds(since)}&until=${seconds(until)}`,
          );
          return eventsOf(text).map(({ attributes }) => attributes["name"]);
        };
        return [
          await between(b, c),
          await between(b + 1n, c),
          await between(b, c - 1n),
          await between(a, d),
          await between(c, c),
        ];
      });
    });

    test("an answer without until does not end, and goes on with new events", async () => {
      await expectSame(async (client) => {
        await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000] });
        const last = (await client.listEvents()).at(-1);
        const abort = new AbortController();
        const stream = await openRequest({
          host: client.host,
          method: "GET",
          path: `/events?since=${seconds(last?.timeNano ?? 0n)}`,
          signal: abort.signal,
        });
        let text = "";
        let ended = false;
        stream.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => undefined);
        stream.on("end", () => (ended = true));
        await sleep(300);
        await client.tag("app:1", "app:2");
        await client.waitFor(() => Promise.resolve(eventsOf(text).length === 2));
        const seen = { ended, events: neutralEvents(eventsOf(text)) };
        abort.abort();
        return seen;
      });
    });
  });

  test("a restart forgets events, ends containers, and keeps the rest", async ({ skip }) => {
    if (!engine().owned) skip("The engine was there before, and cannot be restarted.");
    onTestFinished(() => both((client) => client.removeAll()).then(() => undefined));
    async function restart(client: EngineClient): Promise<void> {
      if (client !== practiceClient) await engine().restart();
      else practice.engine.restart();
    }
    await expectSame(async (client) => {
      await client.loadImage({ name: "app:1", layers: [busyboxBytes() + 1000], seed: "app" });
      await client.createContainer("app:1", { start: true });
      await client.createContainer("app:1");
      const before = await engineId(client);
      await restart(client);
      return {
        sameId: before === (await engineId(client)),
        events: await client.listEvents(),
        containers: (await client.listContainers()).map(({ State }) => State).sort(),
        images: (await client.listImages()).map(({ RepoTags }) => RepoTags),
      };
    });
  });
});

function jsonOf({ text }: HttpAnswer): unknown {
  return JSON.parse(text);
}

/** The events behind what is in the buffer now. */
async function eventsDuring(
  client: EngineClient,
  act: (client: EngineClient) => Promise<unknown>,
): Promise<ListedEvent[]> {
  const last = (await client.listEvents()).at(-1);
  await act(client);
  const events = await client.listEvents();
  return events.slice(events.findIndex(({ line }) => line === last?.line) + 1);
}

async function engineId(client: EngineClient): Promise<string> {
  return (JSON.parse((await client.request("GET", "/info")).text) as { ID: string }).ID;
}

/** Nanoseconds as the engine wants them. */
function seconds(time: bigint): string {
  return `${time / 1_000_000_000n}.${(time % 1_000_000_000n).toString().padStart(9, "0")}`;
}
