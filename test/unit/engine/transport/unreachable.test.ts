import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Connection } from "../../../../src/engine/transport/connection.js";
import { unreachable } from "../../../../src/engine/transport/unreachable.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";
import { rejectionOf } from "../../../support/failure-of.js";

const broken = (code: string, rawPacket?: Buffer) => Object.assign(new Error("read"), { code, rawPacket });

describe("an engine that cannot be reached", () => {
  it.each([
    ["unix:///run/docker.sock", false],
    ["tcp://host:2375", false],
    ["ssh://host", false],
    ["https://host:2376", true],
  ])("that hangs up is one of certificates only over TLS: %s", (shown, hasCertificates) => {
    for (const code of ["ECONNRESET", "EPIPE"]) {
      const { message } = unreachable(shown, broken(code));
      expect(message).toContain("it broke the connection off; check that an engine listens there");
      expect(message.includes("cert.pem")).toBe(hasCertificates);
    }
  });

  it("is told of with what answers in its place, as a login shell does", () => {
    const greeting = Buffer.from("Welcome to \u001b[31mhost\nlast login\n");
    const { message } = unreachable("ssh://host", broken("HPE_INVALID_CONSTANT", greeting));
    expect(message).toContain(
      'is no engine, but says "Welcome to \\u001b[31mhost"; make sure that the login shell',
    );
    expect(unreachable("tcp://h:1", broken("HPE_INVALID_CONSTANT")).message).toContain(
      "no engine; check the address",
    );
  });

  it("shows the first line of what is no HTTP", async () => {
    const socketPath = join(temporaryFolder(), "s");
    const server = createServer((socket) => socket.end("220 mail.example ESMTP\r\n"));
    await once(server.listen(socketPath), "listening");
    onTestFinished(() => void server.close());
    const connection = new Connection({ kind: "unix", socketPath });
    const failure = await rejectionOf(connection.send({ method: "GET", path: "/_ping", timeoutMs: 5000 }));
    expect(failure.message).toContain('says "220 mail.example ESMTP');
  });
});
