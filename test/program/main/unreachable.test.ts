import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runHere } from "../../support/run-cli.js";
import { serveOnSocket } from "../../support/serve.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

describe("an engine that cannot be used ends the run with 4", () => {
  it("and is named, with what to do", async () => {
    const host = `unix://${join(temporaryFolder(), "none.sock")}`;
    for (const args of [[], ["--dry-run"], ["-o", "json"], ["--quiet"]]) {
      const result = await runHere(args, { host });
      expect(result.exitCode).toBe(4);
      if (args.includes("json"))
        expect(JSON.parse(result.stdout)).toMatchObject({ kind: "failure", exitCode: 4 });
      else expect(result.stdout).toBe("");
      expect(result.stderr).toBe(
        `docker-gc: Cannot reach a Docker Engine at ${host}: there is no such socket; ` +
          "start the engine, or name another one with --host or DOCKER_HOST.\n",
      );
    }
  });

  it("and is found by DOCKER_HOST", async () => {
    const result = await runHere([], { env: { DOCKER_HOST: "tcp://ann:secret@127.0.0.1:1" } });
    expect(result).toMatchObject({ exitCode: 4, stdout: "" });
    expect(result.stderr).toContain(
      "Cannot reach a Docker Engine at tcp://127.0.0.1:1: nobody listens there",
    );
  });

  it("when it does not say that it is one", async () => {
    const socketPath = await serveOnSocket((_, response) => response.end("{}"));
    const result = await runHere([], { host: `unix://${socketPath}` });
    expect(result).toMatchObject({ exitCode: 4, stdout: "" });
    expect(result.stderr).toContain("is not a Docker Engine: its ping names no API version");
  });

  it("when it is too old", async () => {
    const practice = await practiceEngine({ apiVersion: "1.39" });
    const result = await runHere(removeAll, { host: practice.host });
    expect(result).toMatchObject({ exitCode: 4, stdout: "" });
    expect(result.stderr).toContain("speaks API 1.39; docker-gc needs 1.40");
    expect(practice.engine.images.size).toBe(2);
  });

  it("when it does not answer in time", async () => {
    const practice = await practiceEngine({ onRequest: () => ({ kind: "hang" }) });
    const result = await runHere(["--timeout", "1s", ...removeAll], { host: practice.host });
    expect(result).toMatchObject({ exitCode: 4, stdout: "" });
    expect(result.stderr).toBe(
      `docker-gc: The engine at ${practice.host} did not finish its answer to GET /_ping within 1 s.\n`,
    );
  });

  it("when its events cannot be read, and nothing is removed", async () => {
    const practice = await practiceEngine();
    practice.onRequest = (_, path) =>
      path.startsWith("/events") ? { kind: "cut", afterBytes: 30 } : undefined;
    const result = await runHere(removeAll, { host: practice.host });
    expect(result).toMatchObject({ exitCode: 4, stdout: "" });
    expect(result.stderr).toMatch(/^docker-gc: [^\n]*\/events[^\n]*\.\n$/);
    expect(practice.engine.images.size).toBe(2);
  });

  it("when it goes away during removals: what was done is reported", async () => {
    const practice = await practiceEngine();
    let gone = false;
    practice.onRequest = (method) => {
      const answer = gone ? ({ kind: "cut", afterBytes: 0 } as const) : undefined;
      if (method === "DELETE") gone = true;
      return answer;
    };
    const result = await runHere(removeAll, { host: practice.host });
    expect(result.exitCode).toBe(4);
    expect(result.stdout).toContain("Stopped early: ");
    expect(result.stdout).toContain("app:1");
    expect(practice.engine.images.size).toBe(1);
  });
});
