import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveEndpoint, showEndpoint, type Endpoint } from "../../../../src/engine/locate/endpoint.js";
import { failureOf } from "../../../support/failure-of.js";

const home = "/home/ann";
const resolve = (host: string | undefined, env: Record<string, string> = {}) => {
  const named = host === undefined ? {} : { host: { value: host, origin: "--host" } };
  return resolveEndpoint(named, { env, home }).endpoint;
};

const unix = (socketPath: string): Endpoint => ({ kind: "unix", socketPath });
const tcp = (host: string, port: number, folder?: string): Endpoint => ({
  kind: "tcp",
  host,
  port,
  tls: folder === undefined ? null : { checks: "server", ca: join(folder, "ca.pem"), cert: null, key: null },
});
const ssh = (
  host: string,
  port: number | null = null,
  user: string | null = null,
  socketPath: string | null = null,
): Endpoint => ({ kind: "ssh", host, port, user, socketPath });

describe("an endpoint", () => {
  it.each<[string | undefined, Record<string, string>, Endpoint]>([
    [undefined, {}, unix("/var/run/docker.sock")],
    [undefined, { DOCKER_HOST: "" }, unix("/var/run/docker.sock")],
    [undefined, { DOCKER_HOST: "unix:///run/user/1000/docker.sock" }, unix("/run/user/1000/docker.sock")],
    [undefined, { DOCKER_HOST: "tcp://build.example:1234" }, tcp("build.example", 1234)],
    ["unix:///a b/é.sock", { DOCKER_HOST: "tcp://other:1" }, unix("/a b/é.sock")],
    ["unix:///x", { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" }, unix("/x")],
    ["tcp://h", {}, tcp("h", 2375)],
    ["tcp://h/", {}, tcp("h", 2375)],
    ["http://h", {}, tcp("h", 2375)],
    ["https://h", {}, tcp("h", 2376, "/home/ann/.docker")],
    ["tcp://h", { DOCKER_TLS_VERIFY: "1" }, tcp("h", 2376, "/home/ann/.docker")],
    ["tcp://h:99", { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" }, tcp("h", 99, "/certs")],
    ["http://h", { DOCKER_TLS_VERIFY: "1" }, tcp("h", 2376, "/home/ann/.docker")],
    // The docker CLI goes by whether it is empty, not by what it says.
    ["tcp://h", { DOCKER_TLS_VERIFY: "0" }, tcp("h", 2376, "/home/ann/.docker")],
    ["tcp://h", { DOCKER_TLS_VERIFY: "", DOCKER_CERT_PATH: "/certs" }, tcp("h", 2375)],
    // Ports that a browser would leave out are ports like any other here.
    ["tcp://h:80", {}, tcp("h", 80)],
    ["http://h:80", {}, tcp("h", 80)],
    ["https://h:443", {}, tcp("h", 443, "/home/ann/.docker")],
    ["tcp://h:443", { DOCKER_TLS_VERIFY: "1" }, tcp("h", 443, "/home/ann/.docker")],
    ["tcp://127.0.0.1:2375", {}, tcp("127.0.0.1", 2375)],
    ["tcp://[::1]:2375", {}, tcp("::1", 2375)],
    ["tcp://[2001:db8::7]", {}, tcp("2001:db8::7", 2375)],
    // What is left out, ssh's own settings decide.
    ["ssh://h", {}, ssh("h")],
    ["ssh://h:22/", {}, ssh("h", 22)],
    ["ssh://ann@h:2222", {}, ssh("h", 2222, "ann")],
    ["ssh://ann%40corp@[::1]", {}, ssh("::1", null, "ann@corp")],
    ["ssh://ann@h/run/user/1/docker.sock", {}, ssh("h", null, "ann", "/run/user/1/docker.sock")],
    ["ssh://h/a%20b", {}, ssh("h", null, null, "/a b")],
  ])("is resolved from --host %s and %j", (host, env, endpoint) => {
    expect(resolve(host, env)).toEqual(endpoint);
  });

  it.each([
    ["", "nothing"],
    ["h:2375", "no scheme"],
    ["/var/run/docker.sock", "no scheme"],
    ["unix://", "no path"],
    ["unix://run/docker.sock", "not from the root"],
    ["unix:/run/docker.sock", "one slash"],
    ["npipe:////./pipe/docker_engine", "a Windows pipe"],
    ["ftp://h", "another scheme"],
    ["TCP://h", "another scheme"],
    ["tcp://", "no host"],
    ["tcp://:2375", "no host"],
    ["tcp://h:banana", "a port in letters"],
    ["tcp://h:65536", "a port beyond all"],
    ["tcp://h:-1", "a port below all"],
    ["tcp://::1:2375", "IPv6 without brackets"],
    ["tcp://[::1", "half a bracket"],
    ["tcp://h/api", "a path"],
    ["tcp://h?x=1", "a query"],
    ["tcp://h#x", "a fragment"],
    ["ssh://h/%zz", "a path that cannot be decoded"],
    ["ssh://h/x?y", "a query"],
    ["ssh://-oProxyCommand=x", "an option of ssh for a host"],
    ["ssh://-x@h", "an option of ssh for a user"],
    ["ssh://%zz@h", "a user that cannot be decoded"],
    ["tcp://a b", "a space"],
    ["fd://", "socket activation"],
  ])("is refused: %j (%s)", (host) => {
    const failure = failureOf(() => resolve(host));
    expect(failure).toMatchObject({ code: "usage" });
    expect(failure.message).toMatch(/^--host: .* is not an engine address; expected unix:\/\/\/path, /);
  });

  it("is refused with the variable's name where that is where it came from", () => {
    expect(failureOf(() => resolve(undefined, { DOCKER_HOST: "banana" })).message).toMatch(
      /^DOCKER_HOST: "banana" is not/,
    );
  });

  it("over ssh takes no password", () => {
    expect(failureOf(() => resolve("ssh://ann:secret@h"))).toMatchObject({
      code: "usage",
      message: "--host: an ssh address takes no password; expected a key or an agent.",
    });
  });

  it.each([
    "tcp://ann:secret@h:banana",
    "tcp://ann:secret@h/api",
    "tcp://ann:se/cret@h",
    "tcp://ann:se@cret@h/api",
    "ann:secret@h:2375",
    "tcp:/ann:secret@h",
    "ftp://ann:secret@h",
    "ssh://ann:secret@h/x",
    "ssh://ann:secret@h",
    "tcp://ann:secret@",
  ])("keeps a password out of its refusal: %s", (host) => {
    const { message } = failureOf(() => resolve(host));
    for (const part of ["secret", "cret", "se@", "se/"]) expect(message).not.toContain(part);
  });

  it.each([
    ["tcp://ann:secret@h:1", "tcp://h:1"],
    ["https://ann:secret@h", "https://h:2376"],
    ["ssh://ann@h", "ssh://ann@h"],
    ["ssh://ann@h/run/x.sock", "ssh://ann@h/run/x.sock"],
    ["tcp://[::1]", "tcp://[::1]:2375"],
    ["ssh://[::1]:23", "ssh://[::1]:23"],
    ["unix:///run/x.sock", "unix:///run/x.sock"],
  ])("%s is shown without credentials as %s", (host, shown) => {
    expect(showEndpoint(resolve(host))).toBe(shown);
  });

  it("is resolved or refused, whatever is typed", () => {
    const scheme = fc.constantFrom("", "unix://", "tcp://", "http://", "https://", "ssh://", "ssh://%");
    fc.assert(
      fc.property(scheme, fc.string({ unit: "binary" }), (start, rest) => {
        try {
          resolve(start + rest);
        } catch (error) {
          expect(error).toMatchObject({ name: "Failure", code: "usage" });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
