import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ApiEngine } from "../../../../src/engine/docker-api/api-engine.js";
import { Connection } from "../../../../src/engine/transport/connection.js";
import { containerId, imageId } from "../../../support/values.js";
import { rejectionOf } from "../../../support/failure-of.js";
import { serveOnSocket } from "../../../support/serve.js";

const id = imageId("app");
const info = {
  ID: "AAAA",
  Name: "host",
  Driver: "overlay2",
  ServerVersion: "1",
  SystemTime: "2026-01-31T10:00:00Z",
};

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  /** In place of the body as JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An engine that says the same to every request, and writes down what was asked. */
async function engineThatSays(answer: Answer | ((path: string) => Answer)) {
  const asked: string[] = [];
  const socketPath = await serveOnSocket((request, response) => {
    const path = request.url ?? "";
    asked.push(`${request.method ?? ""} ${path}`);
    const { status = 200, body, text, headers = {} } = typeof answer === "function" ? answer(path) : answer;
    response.writeHead(status, { "api-version": "1.41", ...headers });
    response.end(text ?? JSON.stringify(body));
  });
  return { engine: new ApiEngine(new Connection({ kind: "unix", socketPath }), 500), asked, socketPath };
}

async function drain(engine: ApiEngine, until: number, logFrom: bigint | null = null): Promise<number> {
  let count = 0;
  for await (const event of engine.readEvents(until, logFrom)) count += event.type === "" ? 0 : 1;
  return count;
}

describe("a question to a registry", () => {
  const digest = `sha256:${"a".repeat(64)}`;

  it("goes through the engine, with what the registry is to be shown", async () => {
    const seen: [path: string, auth: unknown][] = [];
    const socketPath = await serveOnSocket((request, response) => {
      seen.push([request.url ?? "", request.headers["x-registry-auth"]]);
      response.end(JSON.stringify({ Descriptor: { digest }, Platforms: null }));
    });
    const connection = new Connection({ kind: "unix", socketPath });
    const auth = (registry: string) =>
      Promise.resolve({ header: registry === "docker.io" ? null : `for-${registry}`, lacking: null });
    const engine = new ApiEngine(connection, 30_000, auth);
    for (const name of ["web:1", "ci.example:5000/shop/web:1", `ci.example/web@${digest}`])
      expect(await engine.askRegistry(name)).toEqual({ kind: "found", digest });
    expect(seen).toEqual([
      ["/distribution/web:1/json", undefined],
      ["/distribution/ci.example:5000/shop/web:1/json", "for-ci.example:5000"],
      [`/distribution/ci.example/web@${digest}/json`, "for-ci.example"],
    ]);
  });

  it("is answered with what the engine says in place of a digest", async () => {
    const { engine } = await engineThatSays({ status: 404, body: { message: "manifest unknown" } });
    expect(await engine.askRegistry("web:1")).toEqual({
      kind: "refused",
      message: "manifest unknown (HTTP status 404)",
    });
  });

  it("is answered with why no credentials went along, where there may be some", async () => {
    const { socketPath } = await engineThatSays({ status: 500, body: { message: "no basic auth" } });
    const auth = () => Promise.resolve({ header: null, lacking: "without a helper's" });
    const engine = new ApiEngine(new Connection({ kind: "unix", socketPath }), 500, auth);
    expect(await engine.askRegistry("web:1")).toEqual({
      kind: "refused",
      message: "no basic auth (HTTP status 500); without a helper's",
    });
  });

  it.each([{}, { Descriptor: null }, { Descriptor: { digest: 7 } }])(
    "is not answered by %j",
    async (body) => {
      const { engine } = await engineThatSays({ body });
      expect(await rejectionOf(engine.askRegistry("web:1"))).toMatchObject({ code: "engine" });
    },
  );

  it("has no path but that of a name", async () => {
    const { engine, asked } = await engineThatSays({ body: {} });
    expect(await rejectionOf(engine.askRegistry("../containers/web"))).toMatchObject({ code: "engine" });
    expect(asked).toEqual([]);
  });
});

describe("the Engine API", () => {
  it("is asked for all images and all containers", async () => {
    const { engine, asked } = await engineThatSays({ body: [] });
    expect(await engine.listImages()).toEqual([]);
    expect(await engine.listContainers()).toEqual([]);
    expect(await engine.listContainers([containerId("web")])).toEqual([]);
    expect(asked.map(decodeURIComponent)).toEqual([
      "GET /images/json?all=1",
      "GET /containers/json?all=1",
      `GET /containers/json?all=1&filters={"id":["${containerId("web")}"]}`,
    ]);
  });

  it("is asked for the event buffer of Docker up to a moment, whole or from another one on", async () => {
    const { engine, asked } = await engineThatSays({ text: "" });
    expect(await drain(engine, 1_769_853_600_007)).toBe(0);
    expect(await drain(engine, 1_769_853_600_007, 1_769_853_600_000_000_007n)).toBe(0);
    expect(asked).toEqual([
      "GET /events?since=0&until=1769853600.007",
      "GET /events?since=1769853600.000000007&until=1769853600.007",
    ]);
  });

  it("is asked for events up to what its clock can be by now, and no later: Docker holds them back until then", async () => {
    const SystemTime = "2026-01-31T10:00:00.1239990Z";
    const { engine, asked } = await engineThatSays((path) =>
      path.startsWith("/events") ? { text: "" } : { body: { ...info, SystemTime } },
    );
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    onTestFinished(() => clock.mockRestore());
    const { nowAtMost } = await engine.describe();
    await drain(engine, nowAtMost());
    // The clock is read in whole milliseconds, 0.999 of one more stand behind them, and 0.1 is allowed for.
    expect(asked.at(-1)).toBe("GET /events?since=0&until=1769853600.124099");
    await drain(engine, nowAtMost() + 1);
    expect(asked.at(-1)).toBe("GET /events?since=0&until=1769853600.126");
  });

  it("is described by one answer where its API is expected, and by what that says of it, if it is another engine", async () => {
    const headers = { "libpod-api-version": "5.8.0", "api-version": "1.44" };
    const podman = await engineThatSays({ body: info, headers });
    const described = await podman.engine.describe("1.51");
    expect([described.family, described.summary.apiVersion]).toEqual(["podman", "1.44"]);
    expect(podman.asked).toEqual(["GET /info"]);
  });

  it("is asked for Podman's log without an end, which Podman would not take", async () => {
    const { engine, asked } = await engineThatSays((path) => ({
      ...(path === "/info" ? { body: info } : { text: "" }),
      headers: { "libpod-api-version": "4.3.1" },
    }));
    expect((await engine.describe()).family).toBe("podman");
    await drain(engine, 1000);
    expect(asked.at(-1)).toBe("GET /events?since=0&stream=false");
    await drain(engine, 1000, 1_769_853_600_000_000_007n);
    expect(asked.at(-1)).toBe("GET /events?since=1769853600.000000007&stream=false");
  });

  it.each([
    ["without force, and leaving parents alone", id, `DELETE /images/${id}?noprune=1`],
    ["by name", "host:5000/team/app:1", "DELETE /images/host:5000/team/app:1?noprune=1"],
    ["by digest", `app@${id}`, `DELETE /images/app@${id}?noprune=1`],
  ])("is asked to remove %s", async (_, reference, request) => {
    const { engine, asked } = await engineThatSays({ body: [{ Untagged: "app:1" }, { Deleted: id }] });
    expect(await engine.remove(reference)).toEqual({ kind: "removed", untagged: ["app:1"], deleted: [id] });
    expect(asked).toEqual([request]);
  });

  it.each([
    "",
    "app:1?force=1",
    "app:1#",
    "a/../../containers/x",
    "../info",
    "app 1",
    "app%2f..",
    "<none>",
    "APP",
    "-x",
  ])("is never asked for a name that is none: %j", async (reference) => {
    const { engine, asked } = await engineThatSays({ body: [] });
    expect((await rejectionOf(engine.inspectNames(reference))).code).toBe("engine");
    await rejectionOf(engine.remove(reference));
    expect(asked).toEqual([]);
  });

  it.each([
    ["app:1", "repo=app&tag=1"],
    ["host:5000/team/app:v1.2", "repo=host%3A5000%2Fteam%2Fapp&tag=v1.2"],
  ])("is asked to give the name %s back", async (name, query) => {
    const { engine, asked } = await engineThatSays({ status: 201, text: "" });
    await engine.tag(id, name);
    expect(asked).toEqual([`POST /images/${id}/tag?${query}`]);
  });

  it("tells when the answer with the images begins, and not of one that is none", async () => {
    let begun = 0;
    const { engine } = await engineThatSays({ body: [] });
    expect(await engine.listImages(() => (begun += 1))).toEqual([]);
    expect(begun).toBe(1);
    const broken = await engineThatSays({ status: 500, body: { message: "no" } });
    await rejectionOf(broken.engine.listImages(() => (begun += 1)));
    expect(begun).toBe(1);
  });

  it("says that there is no such image", async () => {
    const { engine } = await engineThatSays({ status: 404, body: { message: "No such image: app:1" } });
    expect(await engine.inspectNames("app:1")).toEqual({ kind: "missing" });
  });
});

describe("what an engine says to a removal", () => {
  it.each<[string, Answer, object]>([
    [
      "409",
      { status: 409, body: { message: "conflict: in use" } },
      { kind: "conflict", message: "conflict: in use (HTTP status 409)" },
    ],
    ["404", { status: 404, body: { message: "No such image" } }, { kind: "missing" }],
    [
      "500",
      { status: 500, body: { message: "device busy." } },
      { kind: "unknown", message: "device busy (HTTP status 500)" },
    ],
    ["500 without a word", { status: 500, text: "" }, { kind: "unknown", message: "HTTP status 500" }],
    [
      "502 of a proxy",
      { status: 502, text: "<html>\n<b>Bad gateway</b>\n</html>\n" },
      { kind: "unknown", message: "<html> <b>Bad gateway</b> </html> (HTTP status 502)" },
    ],
    ["400", { status: 400, body: { message: "invalid reference format" } }, { kind: "unknown" }],
    ["200 with nonsense", { text: "banana" }, { kind: "unknown" }],
    ["200 with a wrong type", { body: { Deleted: id } }, { kind: "unknown" }],
    ["200 with nothing", { body: null }, { kind: "removed", untagged: [], deleted: [] }],
    [
      "202, which promises",
      { status: 202, body: [{ Untagged: "app:1" }, { Deleted: id }] },
      { kind: "unknown" },
    ],
    ["204 without a word", { status: 204, text: "" }, { kind: "unknown" }],
    ["a message that is no text", { status: 500, body: { message: { toString: 1 } } }, { kind: "unknown" }],
    ["a message without end", { status: 500, body: { message: "x".repeat(10_000) } }, { kind: "unknown" }],
  ])("is understood: %s", async (_, answer, expected) => {
    const { engine } = await engineThatSays(answer);
    const understood = await engine.remove(id);
    expect(understood).toMatchObject(expected);
    if ("message" in understood) {
      expect(understood.message).not.toContain("\n");
      expect(understood.message.length).toBeLessThan(400);
    }
  });

  it("is unknown when it breaks off, or does not come", async () => {
    const cut = await serveOnSocket((_, response) => response.write("[", () => response.destroy()));
    const engine = new ApiEngine(new Connection({ kind: "unix", socketPath: cut }), 500);
    expect(await engine.remove(id)).toMatchObject({ kind: "unknown" });
    const silent = await serveOnSocket(() => undefined);
    const patient = new ApiEngine(new Connection({ kind: "unix", socketPath: silent }), 20);
    const before = performance.now();
    expect(await patient.remove(id)).toMatchObject({ kind: "unknown" });
    // A removal may take ten times as long as other calls.
    expect(performance.now() - before).toBeGreaterThan(180);
  });
});

describe("what an engine says of one image", () => {
  const answers: Readonly<Record<string, unknown>> = {
    json: { Size: 10, RootFS: { Layers: [] } },
    history: [{ Size: 7, CreatedBy: "COPY" }],
  };
  const answerTo = (path: string) => ({ body: answers[path.replace(/.*\//, "")] });
  const calls: Readonly<Record<string, (engine: ApiEngine) => Promise<unknown>>> = {
    json: (engine) => engine.inspectDetails(id),
    history: (engine) => engine.readHistory(id),
    names: (engine) => engine.inspectNames("app:1"),
  };

  it("is what is known of its layers", async () => {
    const { engine } = await engineThatSays(answerTo);
    expect(await engine.inspectDetails(id)).toMatchObject({ kind: "found", value: { sizeBytes: 10 } });
    expect(await engine.readHistory(id)).toEqual({ kind: "found", value: [{ bytes: 7, createdBy: "COPY" }] });
  });

  it("is asked for once, where it was looked up before it is learned", async () => {
    const { engine, asked } = await engineThatSays((path) =>
      path.endsWith("/json") ? { body: { ...(answers["json"] as object), Id: id, RepoTags: ["app:1"] } } : {},
    );
    expect(await engine.lookUp("app:1")).toMatchObject({ kind: "found", value: { id } });
    for (let time = 0; time < 2; time += 1)
      expect(await engine.inspectDetails(id)).toMatchObject({ kind: "found", value: { sizeBytes: 10 } });
    // The second time it may have changed since.
    expect(asked).toHaveLength(2);
  });

  it.each([
    [206, "json", "unreadable"],
    [206, "history", "unreadable"],
    [500, "json", "unreadable"],
    [500, "history", "unreadable"],
    [404, "json", "missing"],
    [404, "history", "missing"],
    [500, "names", "unreadable"],
    [404, "names", "missing"],
  ])("is no failure of the engine, nor an answer: %i to %s", async (status, what, kind) => {
    const { engine } = await engineThatSays((path) => ({ ...answerTo(path), status }));
    expect(await calls[what]?.(engine)).toMatchObject({ kind });
  });
});

describe("a listing during which an image goes", () => {
  it.each(["listImages", "listContainers"] as const)("is asked for again: %s", async (list) => {
    let asked = 0;
    const { engine } = await engineThatSays(() =>
      ++asked < 3 ? { status: 404, body: { message: "content digest: not found" } } : { body: [] },
    );
    expect(await engine[list]()).toEqual([]);
    expect(asked).toBe(3);
  });

  it("is a failure when it is never told", { timeout: 20_000 }, async () => {
    const { engine } = await engineThatSays({ status: 404, body: { message: "content digest: not found" } });
    expect((await rejectionOf(engine.listImages())).message).toContain("content digest: not found");
  });
});

describe("what an engine's account has that is in no image", () => {
  it.each([
    [
      "1.51",
      {
        Containers: [{ SizeRw: 700, SizeRootFs: 9000 }, { SizeRootFs: 9000 }],
        BuildCache: [{ Size: 20 }, { Size: 3 }, { Size: -1 }],
      },
      { containers: 700, buildCache: 23 },
    ],
    [
      "1.52",
      { ContainerUsage: { TotalSize: 700, Items: [{ SizeRw: 1 }] }, BuildCacheUsage: {} },
      { containers: 700, buildCache: 0 },
    ],
    ["1.51", { Containers: null, BuildCache: null }, { containers: 0, buildCache: 0 }],
    // From here on images alone are in it.
    ["1.55", { Containers: [{ SizeRw: 700 }] }, { containers: 0, buildCache: 0 }],
  ])("by API %s", async (version, usage, others) => {
    const { engine } = await engineThatSays((path) => ({
      body: path === "/info" ? info : usage,
      headers: { "api-version": version },
    }));
    await engine.describe();
    expect(await engine.readOtherBytes()).toEqual(others);
  });
});

describe("a reading call", () => {
  const calls: Readonly<Record<string, (engine: ApiEngine) => Promise<unknown>>> = {
    describe: (engine) => engine.describe(),
    listImages: (engine) => engine.listImages(),
    listContainers: (engine) => engine.listContainers(),
    readEvents: (engine) => drain(engine, 1000),
    listServices: (engine) => engine.listServices(),
    readImageBytes: (engine) => engine.readImageBytes(),
    tag: (engine) => engine.tag(id, "app:1"),
  };
  const answers: Readonly<Record<string, Answer>> = {
    "500": { status: 500, body: { message: "boom" } },
    "502 without a word": { status: 502, text: "" },
    "403 of a proxy in plain text": { status: 403, text: "denied\n" },
    "206, so not all": { status: 206, body: [] },
    nonsense: { text: "banana" },
    "half of it": { text: '[{"Id":' },
    "a wrong type": { body: "banana" },
    "a number": { body: 7 },
  };
  const cases = Object.keys(calls).flatMap((call) =>
    Object.keys(answers).map((answer) => ({ call, answer })),
  );

  it.each(cases)("$call is a failure when the answer is $answer", async ({ call, answer }) => {
    const { engine } = await engineThatSays(answers[answer] ?? {});
    const { code, message } = await rejectionOf(calls[call]?.(engine) ?? Promise.resolve());
    expect(code).toBe("engine");
    expect(message).toMatch(/^(The engine|Cannot reach|What answers)[^\n]*\.$/);
  });

  it("is a failure when the answer may be a part of the events, and none is in it", async () => {
    const { engine } = await engineThatSays({ status: 206, text: "" });
    expect((await rejectionOf(drain(engine, 1000))).code).toBe("engine");
  });

  it("tells what was refused, where, and why", async () => {
    const { engine, socketPath } = await engineThatSays({ status: 500, body: { message: "disk\nfull." } });
    expect((await rejectionOf(engine.listImages())).message).toBe(
      `The engine at unix://${socketPath} refused GET /images/json: disk full (HTTP status 500).`,
    );
  });
});
