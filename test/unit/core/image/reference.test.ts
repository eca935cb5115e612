import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalNameOf,
  familiarRepositoryOf,
  parseReference,
  repositoryOf,
} from "../../../../src/core/image/reference.js";

const digest = `sha256:${"ab".repeat(32)}`;

describe("canonicalNameOf", () => {
  it.each([
    ["redis", "docker.io/library/redis:latest"],
    ["redis:7", "docker.io/library/redis:7"],
    ["library/redis", "docker.io/library/redis:latest"],
    ["docker.io/redis:7", "docker.io/library/redis:7"],
    ["index.docker.io/redis", "docker.io/library/redis:latest"],
    ["docker.io/library/redis:latest", "docker.io/library/redis:latest"],
    ["team/app", "docker.io/team/app:latest"],
    ["host:5000/app", "host:5000/app:latest"],
    ["host:5000/app:1", "host:5000/app:1"],
    ["[::1]:5000/app:1", "[::1]:5000/app:1"],
    ["localhost/app", "localhost/app:latest"],
    ["Host/app", "Host/app:latest"],
    ["registry.example/a/b/c:v1", "registry.example/a/b/c:v1"],
    [`redis@${digest}`, `docker.io/library/redis@${digest}`],
    [`redis:7@${digest}`, `docker.io/library/redis@${digest}`],
    ["deadbeefcafe", "docker.io/library/deadbeefcafe:latest"],
    ["a__b/c-d--e.f:V1_2.3-x", "docker.io/a__b/c-d--e.f:V1_2.3-x"],
  ])("%s is %s", (text, expected) => {
    expect(canonicalNameOf(text)).toBe(expected);
  });

  it.each([
    ..."|:|@|/|redis:|redis@|redis@sha256:12|Redis|re dis|redis:a b|redis:-a|-redis|_redis|a//b|a/|/a|a:b:c".split(
      "|",
    ),
    ...[
      "./redis",
      "../redis",
      "a..b",
      "a___b",
      "host:port/app",
      "-host.example/app",
      "host-.example/app",
      "h..x/app",
    ],
    ...[
      "redis\n",
      "redis:7\n",
      `redis:${"a".repeat(129)}`,
      "ab".repeat(32),
      digest,
      "<none>:<none>",
      "redis:*",
    ],
  ])("%j is no reference", (text) => {
    expect(canonicalNameOf(text)).toBeNull();
  });

  it("stays the same when it is read again", () => {
    const names = fc.stringMatching(
      /^([a-z]{1,3}[.:]?[0-9a-z]{1,3}\/){0,3}[a-z0-9]{1,5}(:[\w][\w.-]{0,4})?$/,
    );
    fc.assert(
      fc.property(names, (name) => {
        const canonical = canonicalNameOf(name);
        if (canonical !== null) expect(canonicalNameOf(canonical)).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("familiarRepositoryOf", () => {
  it.each([
    ["docker.io/library/redis:7", "redis", "docker.io/library/redis"],
    ["team/app", "team/app", "docker.io/team/app"],
    ["docker.io/library/a/b", "library/a/b", "docker.io/library/a/b"],
    ["quay.io/library/redis", "quay.io/library/redis", "quay.io/library/redis"],
    ["localhost/app", "localhost/app", "localhost/app"],
  ])("%s is shown as %s", (text, familiar, full) => {
    const reference = parseReference(text);
    expect(reference && familiarRepositoryOf(reference)).toBe(familiar);
    expect(reference && repositoryOf(reference)).toBe(full);
    expect(canonicalNameOf(familiar)).toBe(canonicalNameOf(full));
  });
});
