import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Connection } from "../../../../src/engine/transport/connection.js";
import { dockerHeaders } from "../../../../src/engine/locate/http-headers.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { failureOf } from "../../../support/failure-of.js";
import { serveOnSocket } from "../../../support/serve.js";

/** With this in docker's config.json. */
function headersWith(config: unknown, custom?: string) {
  const folder = temporaryFolder();
  if (config !== undefined) writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const env = { DOCKER_CONFIG: folder, DOCKER_CUSTOM_HEADERS: custom };
  return dockerHeaders({ env, home: folder });
}

const custom = (text: string) => headersWith(undefined, text);

describe("headers that the docker command would send", () => {
  it.each([undefined, {}, { HttpHeaders: {} }, { HttpHeaders: null }, [], null])(
    "are none in %j",
    (config) => {
      expect(headersWith(config)).toEqual({});
    },
  );

  it("are those of its config.json, but for what the transport says", () => {
    const HttpHeaders = { "X-Meta-Token": "s3", "User-Agent": "x", host: "y" };
    expect(headersWith({ HttpHeaders })).toEqual({ "X-Meta-Token": "s3" });
  });

  it("are those of DOCKER_CUSTOM_HEADERS in place of them", () => {
    expect(headersWith({ HttpHeaders: { A: "1" } }, "B=2")).toEqual({ B: "2" });
    expect(headersWith({ HttpHeaders: { A: "1" } }, "")).toEqual({ A: "1" });
  });

  it.each<[string, Record<string, string>]>([
    ["A=1,B=2", { A: "1", B: "2" }],
    ["A=", { A: "" }],
    [" A = 1 ", { A: " 1 " }],
    ["A=b=c", { A: "b=c" }],
    ["A=1,A=2", { A: "2" }],
    ['"A=1, 2",B=3', { A: "1, 2", B: "3" }],
    ['"A=say ""no"""', { A: 'say "no"' }],
    ["A=1\nB=2", { A: "1" }],
  ])("are a line of CSV: %j", (text, headers) => {
    expect(custom(text)).toEqual(headers);
  });

  it.each(["A", "=1", "A=1,", ",A=1", 'A="1"', '"A=1', "a b=1", "A=\u0001", "\u00e9=1"])(
    "are refused, and no value is shown: %j",
    (text) => {
      const failure = failureOf(() => custom(text));
      expect(failure.code).toBe("usage");
      expect(failure.message).toContain("DOCKER_CUSTOM_HEADERS");
      expect(failure.message).not.toMatch(/1"|\u0001/);
    },
  );

  it.each([{ HttpHeaders: 7 }, { HttpHeaders: ["A"] }, { HttpHeaders: { A: 7 } }])(
    "are refused as what is no table of texts: %j",
    (config) => {
      expect(failureOf(() => headersWith(config)).message).toMatch(/config\.json, HttpHeaders: expected/);
    },
  );

  it("go with every request", async () => {
    const seen: unknown[] = [];
    const socketPath = await serveOnSocket((request, response) => {
      seen.push(request.headers["x-meta-token"]);
      response.end("OK");
    });
    const connection = new Connection({ kind: "unix", socketPath }, { "X-Meta-Token": "s3" });
    for (const method of ["GET", "POST", "DELETE"] as const)
      await (await connection.send({ method, path: "/x", timeoutMs: 5000 })).readText();
    expect(seen).toEqual(["s3", "s3", "s3"]);
  });
});
