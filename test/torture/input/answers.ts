import { parseEngineNames, parseRemoval } from "../../../src/engine/docker-api/image-answers.js";
import { parseContainers, parseServices } from "../../../src/engine/docker-api/user-answers.js";
import { describeEngine, readClock } from "../../../src/engine/docker-api/description.js";
import { parseEventLines } from "../../../src/engine/transport/event-lines.js";
import { parseDetails, parseHistory, parseImageBytes } from "../../../src/engine/docker-api/size-answers.js";
import { emptyRecord } from "../../../src/core/uses/checkpoint.js";
import { EventWindow } from "../../../src/core/uses/event-window.js";
import { createListing } from "../../../src/core/image/listing.js";
import { Replay } from "../../../src/core/uses/replay.js";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { sendRequest } from "../../support/unix-http.js";
import { damage, damages, parse } from "../faults/damage.js";
import type { Random } from "../random.js";
import type { Tally } from "../tally.js";
import { Truth } from "../truth.js";
import { Workload } from "../workload.js";
import { judge } from "./judge.js";
import { parseImages } from "../../support/parse-images.js";

/** What a practice engine really answered, after it was lived with for a while. */
export interface Samples {
  readonly events: string;
  readonly answers: Readonly<Record<string, string>>;
}

const readers: Readonly<Record<string, (answer: unknown) => unknown>> = {
  images: parseImages,
  containers: parseContainers,
  services: parseServices,
  "an image": parseEngineNames,
  "a removal": parseRemoval,
  "an anatomy": (answer) => {
    const [details, history] = Array.isArray(answer) ? (answer as unknown[]) : [answer, answer];
    return [parseDetails(details), parseHistory(history)];
  },
  "disk usage": parseImageBytes,
  info: (info) => {
    describeEngine({ headers: { "api-version": "1.41" }, info, host: "unix:///x" });
    return readClock({ info, askedAt: 0, receivedAt: 0 }).now();
  },
};

export async function takeSamples(random: Random): Promise<Samples> {
  const practice = await startPracticeEngine();
  const workload = new Workload(practice.engine, new Truth(), random);
  for (let deed = 0; deed < 60; deed += 1) workload.act();
  const get = async (path: string): Promise<string> =>
    (await sendRequest({ host: practice.host, method: "GET", path })).text;
  const [first] = practice.engine.images.all();
  const one = `/images/${first?.id ?? ""}`;
  const [details, history] = [await get(`${one}/json`), await get(`${one}/history`)];
  const samples = {
    events: await get(`/events?since=0&until=${Math.floor(workload.now / 1000) + 1}`),
    answers: {
      images: await get("/images/json?all=1"),
      containers: await get("/containers/json?all=1"),
      services: JSON.stringify([
        { Spec: { Name: "shop", TaskTemplate: { ContainerSpec: { Image: "app:1" } } }, PreviousSpec: {} },
      ]),
      "an image": details,
      "a removal": JSON.stringify([{ Untagged: "app:1" }, { Deleted: first?.id }]),
      "an anatomy": `[${details},${history}]`,
      "disk usage": await get("/system/df"),
      info: await get("/info"),
    },
  };
  await practice.close();
  return samples;
}

export async function fuzzAnswers(
  tally: Tally,
  random: Random,
  samples: Samples,
  cases: number,
): Promise<void> {
  const kinds = Object.keys(readers);
  for (let number = 0; number < cases; number += 1) {
    const kind = random.pick(kinds);
    const text = hurt(samples.answers[kind] ?? "", random);
    const answer = parse(text);
    await judge(
      tally,
      "answers",
      "engine",
      () => `${kind}: ${text}`,
      () => readers[kind]?.(answer),
    );
  }
}

export async function fuzzEvents(
  tally: Tally,
  random: Random,
  samples: Samples,
  cases: number,
): Promise<void> {
  const lines = samples.events.split("\n").filter((line) => line !== "");
  const images = parseImages(parse(samples.answers["images"] ?? ""));
  const containers = parseContainers(parse(samples.answers["containers"] ?? ""));
  const listing = createListing(images, containers, [], 0);
  for (let number = 0; number < cases; number += 1) {
    const some = Array.from({ length: random.between(1, 8) }, () => random.pick(lines));
    const text = hurt(`${some.join("\n")}\n`, random);
    const replay = new Replay({ record: emptyRecord, listing, continuous: random.chance(0.5) });
    const window = new EventWindow(null);
    await judge(
      tally,
      "event streams",
      "engine",
      () => text,
      async () => {
        for await (const event of parseEventLines(inPieces(Buffer.from(text, "latin1"), random))) {
          window.push(event);
          replay.apply(event);
        }
        replay.finish();
      },
    );
  }
}

function hurt(text: string, random: Random): string {
  const once = damage(random.pick(damages), text, random);
  return random.chance(0.2) ? damage(random.pick(damages), once, random) : once;
}

// eslint-disable-next-line @typescript-eslint/require-await -- The reader wants what a socket gives.
async function* inPieces(bytes: Buffer, random: Random): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const size = random.between(1, bytes.length);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
