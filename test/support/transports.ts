import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Endpoint } from "../../src/engine/locate/endpoint.js";
import { tlsFilesIn } from "../../src/engine/locate/tls-files.js";
import { Authority } from "./certificates.js";
import { temporaryFolder } from "./temporary-folder.js";
import { serveOnPort, serveOnSocket, type Handler } from "./serve.js";

/** Every way to reach an engine, each with a server of the test's own behind it until the test is over. */
export const transports: Readonly<Record<string, (handler: Handler) => Promise<Endpoint>>> = {
  unix: async (handler) => ({ kind: "unix", socketPath: await serveOnSocket(handler) }),
  tcp: async (handler) => ({
    kind: "tcp",
    host: "127.0.0.1",
    port: await serveOnPort(handler),
    tls: null,
  }),
  TLS: async (handler) => {
    const authority = await Authority.create(join(temporaryFolder(), "authority"));
    const folder = await authority.sign("engine", "IP:127.0.0.1");
    const [cert, key] = await Promise.all(
      ["cert.pem", "key.pem"].map((name) => readFile(join(folder, name))),
    );
    const server = createTlsServer({ cert, key }, handler);
    return {
      kind: "tcp",
      host: "127.0.0.1",
      port: await portOf(server),
      tls: tlsFilesIn(folder, "server"),
    };
  },
  ssh: async (handler) => {
    const socketPath = await serveOnSocket(handler);
    const folder = temporaryFolder();
    const joins = `const s = require("net").connect(${JSON.stringify(socketPath)}); process.stdin.pipe(s).pipe(process.stdout);`;
    await writeFile(join(folder, "ssh"), `#!/bin/sh\nexec "${process.execPath}" -e '${joins}'\n`);
    await chmod(join(folder, "ssh"), 0o755);
    vi.stubEnv("PATH", `${folder}:${process.env["PATH"] ?? ""}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    return { kind: "ssh", host: "elsewhere", port: null, user: null, socketPath: null };
  },
};

async function portOf(server: Server): Promise<number> {
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
