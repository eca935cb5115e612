import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { runJson } from "../../support/run-json.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

/** What a run asks that knows all images and finds nothing to do; without the values of the queries. */
async function callsOfSteadyRun(images: number): Promise<string[]> {
  const practice = await startPracticeEngine();
  onTestFinished(() => practice.close());
  for (let number = 0; number < images; number += 1) practice.engine.load({ name: `app:${number}` });
  for (let number = 0; number < images; number += 10) practice.engine.createContainer(`app:${number}`);
  const options = { host: practice.host, ledger: join(temporaryFolder(), "ledger.db") };
  await runJson([], options);
  practice.requests.length = 0;
  const report = await runJson([], options);
  expect(report.images).toHaveLength(images);
  return practice.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`);
}

it.each([10, 1_000])(
  "asks five questions in all where nothing is to be done, with %i images",
  async (images) => {
    // In this order: a container that is created meanwhile is seen with its image, and with its event.
    expect(await callsOfSteadyRun(images)).toEqual([
      "GET /_ping",
      "GET /info",
      "GET /images/json",
      "GET /containers/json",
      "GET /events",
    ]);
  },
  // Learning the images comes before what is counted.
  240_000,
);
