import { writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  Connection,
  type EngineRequest,
  type EngineResponse,
} from "../../../../src/engine/transport/connection.js";
import type { Endpoint } from "../../../../src/engine/locate/endpoint.js";
import { tlsFilesIn } from "../../../../src/engine/locate/tls-files.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { failureOf, rejectionOf } from "../../../support/failure-of.js";
import { serveOnPort, serveOnSocket, type Handler } from "../../../support/serve.js";

const unix = (socketPath: string): Endpoint => ({ kind: "unix", socketPath });
const tcp = (host: string, port: number): Endpoint => ({ kind: "tcp", host, port, tls: null });

type Read = (response: EngineResponse) => Promise<string>;

const whole: Read = (response) => response.readText();

const piecewise: Read = async ({ body }) => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const readers: [string, Read][] = [
  ["as a whole", whole],
  ["piece by piece", piecewise],
];

/** Sends, and reads the body to its end. */
async function ask(endpoint: Endpoint, request: Partial<EngineRequest> = {}, read = whole) {
  const connection = new Connection(endpoint);
  const response = await connection.send({ method: "GET", path: "/_ping", timeoutMs: 5000, ...request });
  return { status: response.status, text: await read(response), headers: response.headers };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a connection", () => {
  it("sends method, path and query as they are, without an API version", async () => {
    const asked: string[] = [];
    const socketPath = await serveOnSocket((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.end("OK");
    });
    await ask(unix(socketPath));
    await ask(unix(socketPath), {
      method: "DELETE",
      path: "/images/host:5000/a/b:1",
      query: { noprune: "1" },
    });
    await ask(unix(socketPath), {
      method: "POST",
      path: "/images/x/tag",
      query: { repo: "a/b c&d", tag: "é" },
    });
    expect(asked).toEqual([
      "GET /_ping",
      "DELETE /images/host:5000/a/b:1?noprune=1",
      "POST /images/x/tag?repo=a%2Fb%20c%26d&tag=%C3%A9",
    ]);
  });

  it.each([200, 201, 304, 404, 409, 500, 503])("hands out status %i with its headers", async (status) => {
    const socketPath = await serveOnSocket((_, response) => {
      response.writeHead(status, { "api-version": "1.41" });
      response.end();
    });
    expect(await ask(unix(socketPath))).toMatchObject({ status, headers: { "api-version": "1.41" } });
  });

  it("goes over TCP, also to an address of IPv6", async ({ skip }) => {
    const port = await serveOnPort((request, response) => response.end(request.url));
    expect((await ask(tcp("127.0.0.1", port), { query: { a: "1" } })).text).toBe("/_ping?a=1");
    expect((await ask(tcp("localhost", port))).status).toBe(200);
    const hasSix = Object.values(networkInterfaces()).some((all) =>
      all?.some(({ address }) => address === "::1"),
    );
    if (!hasSix) skip("this machine has no IPv6");
    const sixth = await serveOnPort((request, response) => response.end(request.url), "::1");
    expect((await ask(tcp("::1", sixth))).text).toBe("/_ping");
  });
});

describe("an engine that is not there", () => {
  it("is named, with what to do: no such socket", async () => {
    const socketPath = join(temporaryFolder(), "none.sock");
    const { code, message } = await rejectionOf(ask(unix(socketPath)));
    expect(code).toBe("engine");
    expect(message).toBe(
      `Cannot reach a Docker Engine at unix://${socketPath}: there is no such socket; ` +
        "start the engine, or name another one with --host or DOCKER_HOST.",
    );
  });

  it("is named, with what to do: a file that is no socket", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "");
    const { code, message } = await rejectionOf(ask(unix(path)));
    expect(code).toBe("engine");
    expect(message).toMatch(
      /^Cannot reach a Docker Engine at unix:.*: nobody listens there; start the engine/,
    );
  });

  it("is named, with what to do: nobody at the port", async () => {
    const { code, message } = await rejectionOf(ask(tcp("127.0.0.1", 1)));
    expect(code).toBe("engine");
    expect(message).toContain("at tcp://127.0.0.1:1: nobody listens there; start the engine");
  });

  it("is named, with what to do: no such host", async () => {
    const { code, message } = await rejectionOf(ask(tcp("nowhere.invalid", 1)));
    expect(code).toBe("engine");
    expect(message).toMatch(/at tcp:\/\/nowhere\.invalid:1: .*; check /);
  });

  it("is named when it hangs up without an answer, or speaks something else", async () => {
    const gone = await serveOnSocket((request) => request.socket.destroy());
    expect((await rejectionOf(ask(unix(gone)))).message).toContain("Cannot reach a Docker Engine at");
    const switching = "HTTP/1.1 101 X\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\nhello";
    const switched = await serveOnSocket((request) => request.socket.write(switching));
    expect((await rejectionOf(ask(unix(switched)))).message).toContain("Cannot reach a Docker Engine at");
    const other = await serveOnSocket((request) => request.socket.end("220 mail.example ESMTP\r\n"));
    expect((await rejectionOf(ask(unix(other)))).message).toContain("Cannot reach a Docker Engine at");
  });

  it("is not looked for with certificates that are not there", () => {
    const folder = temporaryFolder();
    const tls = { ...tlsFilesIn(folder, "server"), ca: join(folder, "ca.pem") };
    const failure = failureOf(() => new Connection({ kind: "tcp", host: "h", port: 1, tls }));
    expect(failure.code).toBe("usage");
    expect(failure.message).toMatch(
      /^A file for TLS cannot be read \(ENOENT: .*ca\.pem'\); expected ca\.pem, /,
    );
    writeFileSync(join(folder, "ca.pem"), "x");
    writeFileSync(join(folder, "key.pem"), "x");
    const half = { kind: "tcp", host: "h", port: 1, tls: tlsFilesIn(folder, "server") } as const;
    expect(failureOf(() => new Connection(half)).message).toBe(
      `For TLS, ${join(folder, "key.pem")} cannot be used alone; expected cert.pem beside it.`,
    );
  });

  it("is a failure where the certificates are none", async () => {
    const folder = temporaryFolder();
    for (const name of ["ca.pem", "cert.pem", "key.pem"]) writeFileSync(join(folder, name), "banana");
    const tls = tlsFilesIn(folder, "server");
    const endpoint: Endpoint = { kind: "tcp", host: "127.0.0.1", port: 1, tls };
    const failure = await rejectionOf(Promise.resolve().then(() => ask(endpoint)));
    expect(failure.message).toMatch(/PEM|pem|certificate/);
  });
});

describe.each(readers)("an answer that is late, read %s,", (_, read) => {
  const patience = { timeoutMs: 150 };
  const late = "did not finish its answer to GET /_ping within 0.15 s.";

  it.each<[string, (response: { write(text: string): unknown; flushHeaders(): void }) => void]>([
    ["nothing comes", () => undefined],
    ["only the headers come", (response) => response.flushHeaders()],
    ["the body stops in the middle", (response) => response.write('[{"Id":')],
  ])("is given up: %s", async (__, start) => {
    const socketPath = await serveOnSocket((___, response) => start(response));
    const before = performance.now();
    const { code, message } = await rejectionOf(ask(unix(socketPath), patience, read));
    expect(code).toBe("engine");
    expect(message).toContain(late);
    expect(performance.now() - before).toBeGreaterThanOrEqual(140);
    expect(performance.now() - before).toBeLessThan(3000);
  });

  it("is given up although a little keeps coming: the deadline is for the whole", async () => {
    const socketPath = await serveOnSocket((__, response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    });
    expect((await rejectionOf(ask(unix(socketPath), patience, read))).message).toContain(late);
  });

  it("is given up at once when the connection is abandoned, and so is every later one", async () => {
    const socketPath = await serveOnSocket((__, response) => response.write("x"));
    const connection = new Connection(unix(socketPath));
    const request: EngineRequest = { method: "GET", path: "/_ping", timeoutMs: 60_000 };
    const reading = rejectionOf(read(await connection.send(request)));
    await sleep(20);
    connection.abandon();
    expect((await reading).code).toBe("engine");
    expect((await rejectionOf(connection.send(request))).code).toBe("engine");
  });
});

describe.each(readers)("an answer that breaks off, read %s,", (_, read) => {
  it.each<[string, Record<string, string>]>([
    ["in chunks", {}],
    ["of a known length", { "content-length": "1000" }],
  ])("is a failure: %s", async (__, headers) => {
    const socketPath = await serveOnSocket((___, response) => {
      response.writeHead(200, headers);
      response.write("[1,", () => response.destroy());
    });
    const { code, message } = await rejectionOf(ask(unix(socketPath), {}, read));
    expect(code).toBe("engine");
    expect(message).toMatch(/^The engine at unix:.* broke off its answer to GET \/_ping: /);
  });

  it("is a failure, also when that was before anybody read it", async () => {
    let breakOff = (): void => undefined;
    const socketPath = await serveOnSocket((__, response) => {
      response.write("[1,");
      breakOff = () => response.destroy();
    });
    const connection = new Connection(unix(socketPath));
    const response = await connection.send({ method: "GET", path: "/_ping", timeoutMs: 60_000 });
    breakOff();
    await sleep(50);
    expect((await rejectionOf(read(response))).message).toContain("broke off its answer to GET /_ping: ");
  });
});

describe.each(readers)("an answer that does not end, read %s,", (_, read) => {
  it.each<[string, number, Partial<EngineRequest>, string]>([
    ["to its own bound", 200, { mostBytes: 100 * 1024 }, "more than 100 KiB"],
    ["to the usual bound", 200, {}, "more than 4 MiB"],
    ["of an error", 500, { mostBytes: Infinity }, "more than 1 MiB"],
  ])("is read %s", async (__, status, bound, sentence) => {
    const socketPath = await serveOnSocket((___, response) => {
      response.writeHead(status);
      const piece = Buffer.alloc(64 * 1024, "x");
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    });
    const { code, message } = await rejectionOf(ask(unix(socketPath), bound, read));
    expect(code).toBe("engine");
    expect(message).toContain(`its answer to GET /_ping has ${sentence}, as no engine's has.`);
  });
});

describe("an answer in many pieces", () => {
  it.each(readers)("is put together, also where a piece ends within a letter: %s", async (_, read) => {
    const socketPath = await serveOnSocket((__, response) => {
      response.write(Buffer.from([0xc3]));
      setTimeout(() => response.end(Buffer.from([0xa9])), 20);
    });
    expect((await ask(unix(socketPath), {}, read)).text).toBe("é");
  });
});

describe("DOCKER_HOST in the environment", () => {
  const elsewhere = "tcp://127.0.0.1:1";

  it.each<[string, Record<string, string>]>([
    ["another engine", { DOCKER_HOST: elsewhere }],
    ["another engine over TLS", { DOCKER_HOST: "tcp://127.0.0.1:2376", DOCKER_TLS_VERIFY: "1" }],
    ["another engine over ssh", { DOCKER_HOST: "ssh://ann@127.0.0.1:1" }],
    ["another socket", { DOCKER_HOST: "unix:///nowhere" }],
    ["an address that is none", { DOCKER_HOST: "tcp://a b" }],
    ["certificates that are not there", { DOCKER_HOST: elsewhere, DOCKER_CERT_PATH: "/nowhere" }],
    ["a short timeout", { DOCKER_HOST: elsewhere, DOCKER_CLIENT_TIMEOUT: "1" }],
    ["a path", { DOCKER_HOST: elsewhere, DOCKER_PATH_PREFIX: "/prefix/" }],
  ])("does not redirect an endpoint that was resolved: %s", async (_, env) => {
    const slowly: Handler = (request, response) => setTimeout(() => response.end(request.url), 30);
    const socketPath = await serveOnSocket(slowly);
    const port = await serveOnPort(slowly);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect((await ask(unix(socketPath))).text).toBe("/_ping");
    expect((await ask(tcp("127.0.0.1", port))).text).toBe("/_ping");
    expect(process.env["DOCKER_HOST"]).toBe(env["DOCKER_HOST"]);
  });

  it("does not turn a socket into TLS by its certificates", async () => {
    const folder = temporaryFolder();
    for (const name of ["ca.pem", "cert.pem", "key.pem"]) writeFileSync(join(folder, name), "x");
    const socketPath = await serveOnSocket((_, response) => response.end("OK"));
    vi.stubEnv("DOCKER_HOST", elsewhere);
    vi.stubEnv("DOCKER_CERT_PATH", folder);
    expect((await ask(unix(socketPath))).text).toBe("OK");
  });
});

describe("a connection that is hurried", () => {
  /** Answers a DELETE when it is let, and nothing else. */
  async function slowRemoval() {
    let answer = (): void => undefined;
    const asked = new Map<string, () => void>();
    const begun = (method: string) => new Promise<void>((resolve) => asked.set(method, resolve));
    const socketPath = await serveOnSocket((request, response) => {
      asked.get(request.method ?? "")?.();
      if (request.method === "DELETE") answer = () => response.end("[]");
    });
    const connection = new Connection(unix(socketPath));
    const start = (method: "GET" | "DELETE") => {
      const sent = connection.send({ method, path: "/images/x", timeoutMs: 60_000 });
      sent.catch(() => undefined);
      return sent;
    };
    return { connection, start, begun, answer: () => answer() };
  }

  it("waits a moment for what is under way, and for what follows, and no longer", async () => {
    const { connection, start } = await slowRemoval();
    const reading = start("GET");
    const before = performance.now();
    connection.hurry();
    const { code, message } = await rejectionOf(reading);
    expect(performance.now() - before).toBeLessThan(1900);
    expect(code).toBe("engine");
    expect(message).toContain("to GET /images/x was not waited for.");
    expect((await rejectionOf(start("GET"))).message).toContain("was not waited for.");
  });

  it("waits for a removal to its answer, and then a moment", async () => {
    const { connection, start, begun, answer } = await slowRemoval();
    const isBegun = begun("DELETE");
    const removing = start("DELETE");
    await isBegun;
    connection.hurry();
    await sleep(1500);
    const reading = start("GET");
    await sleep(50);
    answer();
    expect((await removing).status).toBe(200);
    await (await removing).readText();
    const before = performance.now();
    expect((await rejectionOf(reading)).message).toContain("was not waited for.");
    expect(performance.now() - before).toBeGreaterThan(500);
  });

  it("waits for nothing once it is abandoned, not for a removal either", async () => {
    const { connection, start, begun } = await slowRemoval();
    const isBegun = begun("DELETE");
    const removing = start("DELETE");
    await isBegun;
    connection.hurry();
    connection.abandon();
    expect((await rejectionOf(removing)).message).toContain("was not waited for.");
  });
});
