import { chmodSync, chownSync, existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { askHelper } from "../../../../src/engine/locate/credential-helper.js";
import {
  dockerCredentials,
  noRegistryAuth,
  type CredentialSources,
} from "../../../../src/engine/locate/registry-auth.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

const hub = "https://index.docker.io/v1/";
const basic = (text: string) => ({ auth: Buffer.from(text).toString("base64") });

interface Scene extends Partial<Pick<CredentialSources, "helpers" | "users">> {
  readonly config?: unknown;
  /** The text of `docker-credential-test`, a shell script. */
  readonly helper?: string;
}

function sceneOf({ config, helper, helpers = "used", users = null }: Scene) {
  const folder = temporaryFolder();
  if (config !== undefined) writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  if (helper !== undefined) {
    writeFileSync(join(folder, "docker-credential-test"), `#!/bin/sh\n${helper}\n`);
    chmodSync(join(folder, "docker-credential-test"), 0o755);
  }
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
  return { folder, env, auth: dockerCredentials({ env, home: folder, helpers, users }) };
}

function decoded(header: string | null): unknown {
  if (header === null) return null;
  expect(header).toMatch(/^[\w-]+=*$/);
  expect(header.length % 4).toBe(0);
  return JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
}

describe("the credentials for a registry", () => {
  it.each<[what: string, config: unknown, registry: string, shown: unknown]>([
    ["none, without a file", undefined, "ci.example", null],
    ["none, without an entry", { auths: { "other.example": basic("a:b") } }, "ci.example", null],
    ["none of an empty entry", { auths: { "ci.example": {} } }, "ci.example", null],
    [
      "name and password",
      { auths: { "ci.example": basic("alice:a:b>?ÿ") } },
      "ci.example",
      { username: "alice", password: "a:b>?ÿ", serveraddress: "ci.example" },
    ],
    [
      "those of an entry written as an address",
      { auths: { "https://ci.example/v1/": basic("alice:b") } },
      "ci.example",
      { username: "alice", password: "b", serveraddress: "ci.example" },
    ],
    [
      "those of a port",
      { auths: { "ci.example": basic("wrong:w"), "ci.example:5000": basic("alice:b") } },
      "ci.example:5000",
      { username: "alice", password: "b", serveraddress: "ci.example:5000" },
    ],
    [
      "those of Docker Hub by its old address",
      { auths: { [hub]: basic("alice:b") } },
      "docker.io",
      { username: "alice", password: "b", serveraddress: hub },
    ],
    [
      "a token",
      { auths: { "ci.example": { identitytoken: "t" } } },
      "ci.example",
      { identitytoken: "t", serveraddress: "ci.example" },
    ],
    ["none of what is no table", { auths: 7, credHelpers: "x" }, "ci.example", null],
  ])("are %s", async (_, config, registry, shown) => {
    const { header, lacking } = await sceneOf({ config }).auth(registry);
    expect(decoded(header)).toEqual(shown);
    expect(lacking).toBeNull();
  });

  it("are nothing where nobody gives any", async () => {
    expect(await noRegistryAuth("ci.example")).toEqual({ header: null, lacking: null });
  });

  it("are said to be unreadable, with the file's name, and stop nothing", async () => {
    const { folder, auth } = sceneOf({});
    writeFileSync(join(folder, "config.json"), "{");
    expect(await auth("ci.example")).toEqual({
      header: null,
      lacking: expect.stringContaining(join(folder, "config.json")) as unknown,
    });
  });

  it("are asked of a helper once for each registry, by the server's name", async () => {
    const { folder, auth } = sceneOf({
      config: { auths: { "ci.example": basic("old:o") }, credsStore: "none", credHelpers: { [hub]: "test" } },
      helper: `cat >>"$(dirname "$0")/asked"; echo '{"ServerURL":"x","Username":"alice","Secret":"s"}'`,
    });
    const first = await auth("docker.io");
    expect(await auth("docker.io")).toBe(first);
    expect(decoded(first.header)).toEqual({ username: "alice", password: "s", serveraddress: hub });
    expect(existsSync(join(folder, "asked"))).toBe(true);
  });

  it.each<[what: string, helper: string, shown: unknown, lacking: RegExp | null]>([
    [
      "a token",
      `echo '{"Username":"<token>","Secret":"t"}'`,
      { identitytoken: "t", serveraddress: "ci.example" },
      null,
    ],
    ["nothing", "echo credentials not found in native keychain; exit 1", null, null],
    ["a failure", "echo secret; exit 2", null, /docker-credential-test, which ended with exit code 2$/],
    ["no JSON", "echo hello", null, /gave no credentials that can be read$/],
    ["too much", "yes", null, /said too much$/],
  ])("come from a helper that gives %s", async (_, helper, shown, lacking) => {
    const { auth } = sceneOf({ config: { credsStore: "test" }, helper });
    const told = await auth("ci.example");
    expect(decoded(told.header)).toEqual(shown);
    if (lacking === null) expect(told.lacking).toBeNull();
    else expect(told.lacking).toMatch(lacking);
    expect(told.lacking ?? "").not.toContain("secret");
  });

  it("are not asked of a helper that is not to be started", async () => {
    const { folder, auth } = sceneOf({
      config: { credsStore: "test" },
      helper: `touch "$(dirname "$0")/started"`,
      helpers: "unused",
    });
    const { header, lacking } = await auth("ci.example");
    expect(header).toBeNull();
    expect(lacking).toContain("only with --use-credential-helpers");
    expect(existsSync(join(folder, "started"))).toBe(false);
  });

  it.skipIf(process.getuid?.() !== 0)("are not asked of a helper that somebody else may name", async () => {
    const { folder, auth } = sceneOf({
      config: { credsStore: "test" },
      helper: `touch "$(dirname "$0")/started"`,
      users: new Set([0]),
    });
    chownSync(join(folder, "config.json"), 1234, 0);
    const { header, lacking } = await auth("ci.example");
    expect(header).toBeNull();
    expect(lacking).toContain("belongs to user 1234");
    expect(existsSync(join(folder, "started"))).toBe(false);
  });

  it.each(["../evil", "a/b", "", "a b"])("are asked of no program called %j", async (name) => {
    expect((await askHelper(name, "ci.example", {})).kind).toBe("failed");
  });

  it("are not waited for without end, nor is what the helper has started", async () => {
    const { env } = sceneOf({ helper: "sleep 1000 & sleep 1000" });
    const began = performance.now();
    expect(await askHelper("test", "ci.example", env, 100)).toEqual({
      kind: "failed",
      problem: "did not answer within 0.1 s",
    });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
