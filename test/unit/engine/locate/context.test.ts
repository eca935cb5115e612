import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { resolveEndpoint } from "../../../../src/engine/locate/endpoint.js";
import { refuseOtherThanDefault } from "../../../../src/engine/locate/usual-sockets.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { failureOf } from "../../../support/failure-of.js";

let home: string;
beforeEach(() => {
  home = temporaryFolder();
  mkdirSync(join(home, ".docker"));
});

/** The digest of the name `build`, as the docker command names its folder. */
const digest = "44575cf5b28512d75644bf54a517dcef304ff809fd511747621b4d64f19aac66";

function write(path: string, content: unknown): void {
  const file = join(home, ".docker", path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

describe("a context that cannot be used is refused", () => {
  const byName = () =>
    resolveEndpoint({ context: { value: "build", origin: "--context" } }, { env: {}, home });
  const meta = (content: unknown) => write(`contexts/meta/${digest}/meta.json`, content);

  it("when there is none of that name", () => {
    expect(failureOf(byName)).toMatchObject({
      code: "usage",
      message: `--context: there is no docker context "build"; expected one of "docker context ls".`,
    });
  });

  it.each<[string, unknown, string]>([
    ["what is no JSON", "{", `the docker context "build" cannot be read (`],
    [
      "nothing of an engine",
      { Name: "build", Endpoints: {} },
      `--context: the docker context "build" names no engine`,
    ],
    ["no object", "[]", "names no engine"],
    ["an address of the wrong kind", { Endpoints: { docker: { Host: 7 } } }, "has no address"],
    [
      "an address that is none",
      { Endpoints: { docker: { Host: "npipe:////./pipe/x" } } },
      `context build (--context): "npipe:////./pipe/x" is not an engine address`,
    ],
  ])("when its file holds %s", (_, content, sentence) => {
    meta(content);
    const { code, message } = failureOf(byName);
    expect(code).toBe("usage");
    expect(message).toContain(sentence);
  });

  it("when the file that names the current one cannot be read; but not where nobody needs it", () => {
    write("config.json", "{");
    const failure = failureOf(() => resolveEndpoint({}, { env: {}, home }));
    expect(failure.code).toBe("usage");
    expect(failure.message).toMatch(
      /\.docker\/config\.json cannot be read \(.*\); set it right, or name another folder with DOCKER_CONFIG\.$/,
    );
    for (const env of [{ DOCKER_HOST: "unix:///x" }])
      expect(resolveEndpoint({}, { env, home }).origin).toBe("DOCKER_HOST");
  });

  it("takes the default socket for a context without an address, and for none", () => {
    meta({ Endpoints: { docker: {} } });
    const endpoint = { kind: "unix", socketPath: "/var/run/docker.sock" };
    expect(byName().endpoint).toEqual(endpoint);
    for (const config of ["{}", `{"currentContext":""}`, `{"currentContext":"default"}`, "[]"]) {
      write("config.json", config);
      expect(resolveEndpoint({}, { env: {}, home })).toEqual({ endpoint, origin: "default" });
    }
  });

  it("has TLS by its own files alone, whatever the environment says", () => {
    meta({ Endpoints: { docker: { Host: "tcp://h:1" } } });
    const plain = { kind: "tcp", host: "h", port: 1, tls: null };
    const env = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" };
    const resolve = () =>
      resolveEndpoint({ context: { value: "build", origin: "--context" } }, { env, home }).endpoint;
    expect(resolve()).toEqual(plain);
    const folder = join(home, ".docker/contexts/tls", digest, "docker");
    write(`contexts/tls/${digest}/docker/ca.pem`, "x");
    const tls = { checks: "server", ca: join(folder, "ca.pem"), cert: null, key: null };
    expect(resolve()).toEqual({ ...plain, tls });
    meta({ Endpoints: { docker: { Host: "tcp://h:1", SkipTLSVerify: true } } });
    expect(resolve()).toEqual({ ...plain, tls: { ...tls, checks: "nothing" } });
  });
});

describe("where the default socket is not there", () => {
  const absent = {
    endpoint: { kind: "unix", socketPath: "/nowhere/docker.sock" },
    origin: "default",
  } as const;

  it("another usual one is named, and not taken", () => {
    const runtime = temporaryFolder();
    const surroundings = { env: { XDG_RUNTIME_DIR: runtime }, home };
    mkdirSync(join(home, ".docker/desktop"));
    mkdirSync(join(runtime, "podman"));
    for (const path of [
      join(runtime, "docker.sock"),
      join(runtime, "podman/podman.sock"),
      join(home, ".docker/desktop/docker.sock"),
    ]) {
      writeFileSync(path, "");
      const failure = failureOf(() => refuseOtherThanDefault(absent, surroundings));
      expect(failure.code).toBe("engine");
      expect(failure.message).toContain(
        "at unix:///nowhere/docker.sock: there is no such socket; name another one",
      );
      expect(failure.message).toContain(`unix://${path}`);
    }
    expect(() => refuseOtherThanDefault({ ...absent, origin: "DOCKER_HOST" }, surroundings)).not.toThrow();
    const there = { kind: "unix", socketPath: join(runtime, "docker.sock") } as const;
    expect(() => refuseOtherThanDefault({ endpoint: there, origin: "default" }, surroundings)).not.toThrow();
  });
});
