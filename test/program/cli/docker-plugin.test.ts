import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { ownArguments } from "../../../src/cli/docker-plugin/own-arguments.js";
import { resolveEndpoint } from "../../../src/engine/locate/endpoint.js";
import { practiceEngine } from "../../support/small-engine.js";
import { runHere, spawnCli } from "../../support/run-cli.js";

const byDocker = { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "/usr/bin/docker" };
const own = (line: string, env: Record<string, string> = byDocker) => ownArguments(line.split(" "), env);

const tlsFiles = { DOCKER_TLS_VERIFY: "1", "--tlscacert": "/a", "--tlscert": "/c", "--tlskey": "/k" };

describe("a command line from docker", () => {
  it.each<[string, string, Record<string, string>]>([
    ["gc", "", {}],
    ["gc -n --quota 5G", "-n --quota 5G", {}],
    ["gc status", "status", {}],
    ["gc -c y", "-c y", {}],
    ["--context x gc -n", "-n --context=x", {}],
    ["-c x gc", "--context=x", {}],
    ["-cx gc", "--context=x", {}],
    ["--host=unix:///x gc", "--host=unix:///x", {}],
    ["-H unix:///x gc", "--host=unix:///x", {}],
    ["-H=unix:///x gc", "--host=unix:///x", {}],
    ["-DHunix:///x gc", "--host=unix:///x", {}],
    ["-D -l debug --debug --log-level=info gc -n", "-n", {}],
    ["--config /d gc --config f.yaml", "--config f.yaml", { DOCKER_CONFIG: "/d" }],
    ["--tlsverify gc", "", { DOCKER_TLS_VERIFY: "1" }],
    ["--tls --tlsverify=false gc", "", { DOCKER_TLS: "1" }],
    ["--tlsverify --tlscacert /a --tlscert=/c --tlskey /k gc -n", "-n", tlsFiles],
    ["help gc", "--help", {}],
    ["--config /d help gc", "--help", {}],
  ])("has docker's part in front of the word: docker-gc %s", (line, argv, settings) => {
    expect(own(line)).toEqual({
      argv: argv === "" ? [] : argv.split(" "),
      env: { ...byDocker, ...(line.endsWith("help gc") ? {} : settings) },
    });
  });

  it.each(["-n", "run -n", "--host x -n", "--config f.yaml", "help", "status gc", "-q", "help status"])(
    "is left alone where it is not one: docker-gc %s",
    (line) => {
      expect(own(line)).toEqual({ argv: line.split(" "), env: byDocker });
    },
  );

  it("names the files for TLS, each alone, too", () => {
    const { argv, env } = own("-H tcp://engine:2376 --tlsverify --tlscert /c gc status");
    const host = { value: argv.at(-1)?.replace("--host=", "") ?? "", origin: "--host" };
    const { endpoint } = resolveEndpoint({ host }, { env, home: "/home/me" });
    expect(endpoint).toMatchObject({ tls: { ca: "/home/me/.docker/ca.pem", cert: "/c", key: null } });
  });

  it("is told by docker's variable; without it, only the word is dropped", () => {
    expect(own("gc -n", {}).argv).toEqual(["-n"]);
    expect(own("-c x gc", {}).argv).toEqual(["-c", "x", "gc"]);
  });
});

it("says who it is, in docker's words", async () => {
  const { exitCode, stdout } = await runHere(["docker-cli-plugin-metadata"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    SchemaVersion: "0.1.0",
    Vendor: "docker-gc",
    Version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
    ShortDescription: "Remove images by last use",
  });
});

it("ends as by SIGTERM when the docker command lets go of its plugin", async () => {
  const address = `docker-gc-test-${process.pid}`;
  const server = createServer().listen(`\0${address}`);
  onTestFinished(() => void server.close());
  const practice = await practiceEngine({ onRequest: () => ({ kind: "hang" }) });
  const env = { ...byDocker, DOCKER_CLI_PLUGIN_SOCKET: `@${address}` };
  const { result } = await spawnCli(["gc"], { host: practice.host, env });
  const [held] = (await once(server, "connection")) as [Socket];
  held.destroy();
  expect(await result).toMatchObject({ exitCode: 143, stdout: "" });
});

it("runs without a docker command to follow", async () => {
  const practice = await practiceEngine();
  const env = { ...byDocker, DOCKER_CLI_PLUGIN_SOCKET: "@docker-gc-test-nobody" };
  expect(await runHere(["gc", "--dry-run"], { host: practice.host, env })).toMatchObject({
    exitCode: 0,
    stderr: "",
  });
});
