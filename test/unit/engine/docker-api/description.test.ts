import { describe, expect, it } from "vitest";
import { describeEngine, readClock } from "../../../../src/engine/docker-api/description.js";
import { failureOf } from "../../../support/failure-of.js";

const info = {
  ID: "AAAA:BBBB",
  Name: "host",
  Driver: "overlay2",
  DriverStatus: [["Backing Filesystem", "extfs"]],
  DockerRootDir: "/var/lib/docker",
  ServerVersion: "20.10.24",
  SystemTime: "2026-01-31T10:00:00.123456789Z",
};

const roundTripMs = 250;

function described(
  fields: Record<string, unknown> = {},
  pingHeaders: Record<string, string> = { "api-version": "1.41" },
) {
  const receivedAt = performance.now();
  const askedAt = receivedAt - roundTripMs;
  const answered = { ...info, ...fields };
  return {
    ...describeEngine({ headers: pingHeaders, info: answered, host: "unix:///x" }),
    ...readClock({ info: answered, askedAt, receivedAt }),
  };
}

const podman = { "api-version": "1.41", "libpod-api-version": "4.3.1" };

describe("an engine's description", () => {
  it("says who it is, and how much it remembers", () => {
    expect(described()).toMatchObject({
      identity: { key: "AAAA:BBBB overlay2 /var/lib/docker" },
      summary: {
        id: "AAAA:BBBB",
        name: "host",
        version: "20.10.24",
        apiVersion: "1.41",
        store: "overlay2",
        host: "unix:///x",
      },
      family: "docker",
      eventBufferLimit: 256,
    });
  });

  it("has the engine's clock, whatever this machine's clock says", async () => {
    const { now } = described();
    const first = now();
    expect(first - Date.parse("2026-01-31T10:00:00.123Z")).toBeGreaterThanOrEqual(0);
    expect(first - Date.parse("2026-01-31T10:00:00.123Z")).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(now() - first).toBeGreaterThanOrEqual(15);
    expect(Number.isInteger(now())).toBe(true);
  });

  it("has a bound for that clock: the answer may have been on its way all of the time", () => {
    const { now, nowAtMost } = described();
    expect(nowAtMost() - now()).toBeGreaterThanOrEqual(roundTripMs);
    expect(nowAtMost() - now()).toBeLessThan(roundTripMs + 1000);
  });

  it.each<[string, Record<string, unknown>]>([
    ["another engine", { ID: "CCCC" }],
    ["another storage driver", { Driver: "btrfs" }],
    ["another root directory", { DockerRootDir: "/data" }],
    ["the containerd store", { DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] }],
  ])("has an identity of its own for %s, as image IDs mean something else there", (_, fields) => {
    expect(described(fields).identity).not.toEqual(described().identity);
  });

  it("names the containerd store", () => {
    const DriverStatus = [
      ["Backing Filesystem", "extfs"],
      ["driver-type", "io.containerd.snapshotter.v1"],
    ];
    expect(described({ Driver: "overlayfs", DriverStatus }).summary.store).toBe("overlayfs (containerd)");
  });

  it("says who keeps the images, and where that one listens", () => {
    const DriverStatus = [["driver-type", "io.containerd.snapshotter.v1"]];
    const Containerd = { Address: "/run/containerd/containerd.sock" };
    const told = {
      kind: "containerd",
      address: Containerd.Address,
      snapshotter: "overlayfs",
      namespace: "moby",
    };
    const store = (fields: object) => described({ Driver: "overlayfs", ...fields }).imageStore;
    expect(store({ DriverStatus, Containerd })).toEqual(told);
    expect(store({ DriverStatus })).toEqual({ ...told, address: null });
    const Namespaces = { Containers: "another" };
    expect(store({ DriverStatus, Containerd: { ...Containerd, Namespaces } })).toEqual({
      ...told,
      namespace: "another",
    });
    expect(store({ Containerd })).toEqual({ kind: "engine" });
  });

  it("knows where a name with a digest comes from a registry", () => {
    const DriverStatus = [["driver-type", "io.containerd.snapshotter.v1"]];
    expect(described().digestNames).toBe("from-registry");
    expect(described({ DriverStatus }).digestNames).toBe("always");
    expect(described({}, podman).digestNames).toBe("always");
  });

  it.each([
    [null],
    [undefined],
    [[]],
    [[["driver-type"]]],
    [["driver-type"]],
    [[["driver-type", { toString: 1 }]]],
  ])("takes other driver statuses for a classic store: %j", (DriverStatus) => {
    expect(described({ DriverStatus }).summary.store).toBe("overlay2");
  });

  it("keeps the same identity for Podman, which makes up an ID at each call, and keeps a log of events", () => {
    const first = described({ ID: "one" }, podman);
    const second = described({ ID: "two" }, podman);
    expect(first.identity).toEqual(second.identity);
    expect(first.identity).not.toEqual(described({ ID: "one", Name: "elsewhere" }, podman).identity);
    expect(first).toMatchObject({ family: "podman", eventBufferLimit: null });
    expect(described({ ID: "" }, podman).family).toBe("podman");
  });

  it.each(["1.40", "1.41", "1.52", "1.100", "2.0"])("takes API %s", (apiVersion) => {
    expect(described({}, { "api-version": apiVersion }).summary.apiVersion).toBe(apiVersion);
  });

  it.each(["1.39", "1.9", "1.4", "0.99"])("refuses API %s", (apiVersion) => {
    const { code, message } = failureOf(() => described({}, { "api-version": apiVersion }));
    expect(code).toBe("engine");
    expect(message).toContain(`speaks API ${apiVersion}; docker-gc needs 1.40`);
    expect(message).toContain("unix:///x");
  });

  it.each<[string, Record<string, string>]>([
    ["no header", {}],
    ["an empty one", { "api-version": "" }],
    ["one that is no version", { "api-version": "banana" }],
    ["one with more behind", { "api-version": "1.41-beta" }],
  ])("refuses what names no API version: %s", (_, headers) => {
    expect(failureOf(() => described({}, headers)).message).toBe(
      "What answers at unix:///x is not a Docker Engine: its ping names no API version.",
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["no ID", { ID: "" }, `info.ID is "", expected the engine's ID`],
    ["an ID that is no text", { ID: 5 }, "info.ID is 5, expected a text"],
    ["no name", { Name: undefined }, "info.Name is nothing"],
    ["no driver", { Driver: null }, "info.Driver is null"],
    ["no time", { SystemTime: undefined }, "info.SystemTime is nothing"],
    ["a time that is none", { SystemTime: "noon" }, 'info.SystemTime is "noon", expected a time'],
    ["a driver status that is none", { DriverStatus: "x" }, 'info.DriverStatus is "x", expected a list'],
    ["no version", { ServerVersion: 5 }, "info.ServerVersion is 5"],
  ])("refuses an engine with %s", (_, fields, sentence) => {
    const { code, message } = failureOf(() => described(fields));
    expect(code).toBe("engine");
    expect(message).toContain(sentence);
  });
});
