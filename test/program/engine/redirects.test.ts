import { describe, expect, it } from "vitest";
import { Connection } from "../../../src/engine/transport/connection.js";
import { rejectionOf } from "../../support/failure-of.js";
import { serveOnPort } from "../../support/serve.js";
import { transports } from "../../support/transports.js";

const request = { method: "GET", path: "/info", timeoutMs: 5000 } as const;

describe.each(Object.entries(transports))("a redirect over %s", (_, serve) => {
  it.each([301, 302, 303, 307, 308])("is followed to nobody, and named: %i", async (status) => {
    const asked: string[] = [];
    const elsewhere = await serveOnPort(({ url = "" }, response) => {
      asked.push(url);
      response.end("{}");
    });
    const location = `http://127.0.0.1:${elsewhere}/other`;
    const endpoint = await serve((__, response) => response.writeHead(status, { location }).end());
    const connection = new Connection(endpoint);
    const { code, message } = await rejectionOf(connection.send(request));
    expect(code).toBe("engine");
    expect(message).toBe(
      `The engine at ${connection.shown} redirects GET /info to "${location}", which is not followed; ` +
        "if an engine answers there, name it with --host or DOCKER_HOST.",
    );
    expect(asked).toEqual([]);
  });

  it.each(["no address", "file:///etc/passwd", "http://127.0.0.1:1/", "//[::1", "", "/info"])(
    "is a failure, wherever it leads: %j",
    async (location) => {
      const endpoint = await serve((__, response) => response.writeHead(302, { location }).end());
      const { code, message } = await rejectionOf(new Connection(endpoint).send(request));
      expect(code).toBe("engine");
      expect(message).toContain(`redirects GET /info to ${JSON.stringify(location)}, which`);
    },
  );

  it("is told in one line of bounded length", async () => {
    const location = "x".repeat(10_000);
    const endpoint = await serve((__, response) => response.writeHead(302, { location }).end());
    const { message } = await rejectionOf(new Connection(endpoint).send(request));
    expect(message.length).toBeLessThan(600);
  });
});
