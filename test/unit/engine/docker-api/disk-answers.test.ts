import { describe, expect, it } from "vitest";
import { ApiEngine } from "../../../../src/engine/docker-api/api-engine.js";
import { askDisk } from "../../../../src/engine/docker-api/disk-question.js";
import { parseDiskAccount } from "../../../../src/engine/docker-api/disk-answers.js";
import { Connection } from "../../../../src/engine/transport/connection.js";
import { imageId } from "../../../support/values.js";
import { serveOnSocket } from "../../../support/serve.js";

const empty = { LayersSize: 0, Images: null, Containers: null, Volumes: null, BuildCache: null };

describe("what an engine tells of its disk", () => {
  it("is how many containers there are, and what those hold that ended", () => {
    const container = (State: string, rest: object = {}) => {
      return { Id: "x", State, Created: 1_700_000_000, ImageID: imageId("app"), SizeRw: 4096, ...rest };
    };
    const Containers = [
      container("running"),
      container("paused"),
      container("exited"),
      // The classic stores leave out what is 0; an image that is gone has no ID.
      container("created", { SizeRw: undefined, ImageID: "" }),
      container("dead"),
    ];
    const ended = { imageId: imageId("app"), createdAt: 1_700_000_000_000 };
    expect(parseDiskAccount({ ...empty, Containers }, "containers")).toEqual({
      count: 5,
      bytes: 4 * 4096,
      unusedCount: 3,
      unusedBytes: 2 * 4096,
      ended: [ended, { ...ended, imageId: null }, ended],
    });
  });

  it("is how many volumes there are, and which no container has", () => {
    const Volumes = [
      { Name: "a", UsageData: { RefCount: 0, Size: 100 } },
      { Name: "b", UsageData: { RefCount: 2, Size: 10 } },
      // Of a driver that measures nothing.
      { Name: "c", UsageData: { RefCount: -1, Size: -1 } },
      { Name: "d", UsageData: null },
    ];
    expect(parseDiskAccount({ ...empty, Volumes }, "volumes")).toEqual({
      count: 4,
      bytes: 110,
      unusedCount: 1,
      unusedBytes: 100,
      ended: [],
    });
  });

  it("is the build cache, where what is shared with images takes nothing of its own", () => {
    const BuildCache = [
      { ID: "a", Size: 100, InUse: false, Shared: false },
      { ID: "b", Size: 20, InUse: true, Shared: false },
      { ID: "c", Size: 5000, InUse: false, Shared: true },
    ];
    expect(parseDiskAccount({ ...empty, BuildCache }, "build-cache")).toEqual({
      count: 3,
      bytes: 120,
      unusedCount: 1,
      unusedBytes: 100,
      ended: [],
    });
  });

  it("is nothing where there is nothing, and not known where it is left out", () => {
    expect(parseDiskAccount(empty, "volumes")).toMatchObject({ count: 0, bytes: 0 });
    expect(parseDiskAccount({ ImageUsage: {} }, "volumes")).toBeNull();
  });
});

describe("the question for it", () => {
  const info = {
    ID: "A",
    Name: "h",
    Driver: "overlay2",
    ServerVersion: "1",
    SystemTime: "2026-01-31T10:00:00Z",
  };

  async function engineOf(apiVersion: string, usage: unknown, headers: Record<string, string> = {}) {
    const asked: string[] = [];
    const socketPath = await serveOnSocket((request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      response.setHeader("api-version", apiVersion);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (path.startsWith("/system/df") && usage === "refusal") response.statusCode = 500;
      const body = path === "/info" ? info : usage === "refusal" ? { message: "busy" } : usage;
      response.end(path === "/_ping" ? "OK" : JSON.stringify(body));
    });
    const engine = new ApiEngine(new Connection({ kind: "unix", socketPath }), 30_000);
    await engine.describe();
    return { engine, questions: () => asked.filter((path) => path.startsWith("/system/df")) };
  }

  it("names one kind, and never images", async () => {
    const { engine, questions } = await engineOf("1.42", empty);
    for (const kind of ["containers", "volumes", "build-cache"] as const)
      expect(await engine.readDiskUse(kind)).toMatchObject({ kind: "known" });
    expect(questions()).toEqual(
      ["container", "volume", "build-cache"].map((type) => `/system/df?type=${type}`),
    );
  });

  it.each<[what: string, apiVersion: string, headers: Record<string, string>]>([
    ["Docker before 23", "1.41", {}],
    ["Podman", "1.44", { "libpod-api-version": "5.8.0" }],
  ])("is not put to %s, which would count its images as well", async (_, apiVersion, headers) => {
    const { engine, questions } = await engineOf(apiVersion, empty, headers);
    expect(await engine.readDiskUse("volumes")).toMatchObject({ kind: "unknown" });
    expect(questions()).toEqual([]);
  });

  it("costs nothing but its line where the answer is a refusal", async () => {
    const { engine } = await engineOf("1.51", "refusal");
    const because = "busy (HTTP status 500)";
    expect(await engine.readDiskUse("volumes")).toEqual({ kind: "unknown", because });
  });

  it("is not waited for without end", async () => {
    const socketPath = await serveOnSocket(() => undefined);
    const connection = new Connection({ kind: "unix", socketPath });
    const because = "there was no answer within 0.2 s";
    expect(await askDisk(connection, "volumes", 200)).toEqual({ kind: "unknown", because });
  });
});
