import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { ApiEngine } from "../../../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../../../src/engine/transport/connection.js";
import { readExchanges, withoutMoments, type Exchange } from "../recorded/exchanges.js";
import { askEverything } from "../recorded/questions.js";
import { statement } from "../recorded/statement.js";
import { serveOnSocket } from "../../../../support/serve.js";

const folder = new URL("../recorded/", import.meta.url);
const engines = readdirSync(folder).flatMap((file) => /^(.*)\.answers\.txt$/.exec(file)?.[1] ?? []);

describe("what engines said to all that the program asks is understood", () => {
  it.each(engines)("%s", async (name) => {
    const socketPath = await serveOnSocket(answersOf(name));
    const found = await askEverything(new ApiEngine(new Connection({ kind: "unix", socketPath }), 10_000));
    await expect(statement(found)).toMatchFileSnapshot(`../recorded/${name}.found.txt`);
  });
});

/** Says what the engine said, question by question; the last answer to one is the answer to it from then on. */
function answersOf(name: string): (request: IncomingMessage, response: ServerResponse) => void {
  const left = new Map<string, Exchange[]>();
  for (const exchange of readExchanges(readFileSync(new URL(`${name}.answers.txt`, folder), "utf8"))) {
    const request = withoutMoments(exchange.request);
    left.set(request, [...(left.get(request) ?? []), exchange]);
  }
  return ({ method, url }, response) => {
    // Recorded without a version: in what is read of them, the answers of an older one are the same.
    const asked = `${method} ${url}`.replace(" /v1.51/", " /");
    const answers = left.get(withoutMoments(asked)) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) response.writeHead(599).end("this was not recorded");
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  };
}
