import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";

export const transports = ["unix", "tcp", "TLS"] as const;
export type Transport = (typeof transports)[number];

/** A request, and the wire that its answer goes over, whatever that is. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly socket: Socket;
  /** What an engine would answer. */
  readonly honest: Buffer;
}

const hex = (number: number): string => number.toString(16).padStart(64, "0");
const imageCount = 6;
const idOf = (number: number): string => `sha256:${hex(number)}`;

/** Answers over a wire of its own, byte by byte as it is told: everything between honest and absurd. */
export class HostileEngine {
  /** DOCKER_HOST, and what TLS needs besides. */
  readonly env: Readonly<Record<string, string>>;
  /** Answers in place of the engine; false where it leaves that to the engine. */
  act: (asked: Asked) => boolean = () => false;
  /** How often a removal was asked for. */
  deletes = 0;
  /** How many of them wait for their answer, or have one that is none. */
  deleting = 0;
  /** `performance.now()` at the first question since the last reset. */
  firstAskedAt: number | null = null;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #gone = new Set<string>();

  private constructor(server: Server, env: Readonly<Record<string, string>>) {
    this.#server = server;
    this.env = env;
  }

  /** @param folder for the socket @param certificates as `Authority.sign` leaves them */
  static async start(transport: Transport, folder: string, certificates: string): Promise<HostileEngine> {
    const pem = (name: string): Buffer => readFileSync(join(certificates, name));
    const server =
      transport === "TLS" ? createTlsServer({ cert: pem("cert.pem"), key: pem("key.pem") }) : createServer();
    if (transport === "unix") server.listen(join(folder, "engine.sock"));
    else server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = transport === "unix" ? 0 : (server.address() as AddressInfo).port;
    const env = {
      unix: { DOCKER_HOST: `unix://${join(folder, "engine.sock")}` },
      tcp: { DOCKER_HOST: `tcp://127.0.0.1:${port}` },
      TLS: {
        DOCKER_HOST: `tcp://127.0.0.1:${port}`,
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: certificates,
      },
    }[transport];
    const engine = new HostileEngine(server, env);
    server.on(transport === "TLS" ? "secureConnection" : "connection", (socket: Socket) =>
      engine.#serve(socket),
    );
    return engine;
  }

  /** Has all its images again, and nobody waits for it. */
  reset(): void {
    this.act = () => false;
    this.#gone.clear();
    [this.deletes, this.deleting, this.firstAskedAt] = [0, 0, null];
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.reset();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    let head = "";
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      for (let end = head.indexOf("\r\n\r\n"); end >= 0; end = head.indexOf("\r\n\r\n")) {
        const [line = ""] = head.slice(0, end).split("\r\n");
        head = head.slice(end + 4);
        const [method = "", target = ""] = line.split(" ");
        this.firstAskedAt ??= performance.now();
        this.#answer(socket, method, decodeURIComponent(target.replace(/\?.*/, "")));
      }
    });
  }

  #answer(socket: Socket, method: string, path: string): void {
    const { status, body } = this.#honest(method, path);
    const answered = (): void => void (this.deleting = Math.max(0, this.deleting - 1));
    if (method === "DELETE") {
      this.deletes += 1;
      this.deleting += 1;
    }
    const content = Buffer.from(body);
    const headers = `HTTP/1.1 ${status} X\r\nApi-Version: 1.45\r\nContent-Length: ${content.length}\r\n\r\n`;
    const honest = Buffer.concat([Buffer.from(headers), content]);
    if (!this.act({ method, path, socket, honest }))
      socket.write(honest, method === "DELETE" ? answered : undefined);
    // Whatever else was sent, whoever asked still waits, or has gone.
    else if (method === "DELETE") socket.once("close", answered);
  }

  #honest(method: string, path: string): { status: number; body: string } {
    const images = Array.from({ length: imageCount }, (_, index) => index + 1).filter(
      (number) => !this.#gone.has(idOf(number)),
    );
    const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) });
    switch (path) {
      case "/_ping":
        return { status: 200, body: "OK" };
      case "/info":
        return json({ ...info, SystemTime: new Date().toISOString() });
      case "/images/json":
        return json(images.map(listed));
      case "/containers/json":
        return json([{ Id: hex(99), Names: ["/web"], ImageID: idOf(1), State: "running", Mounts: [] }]);
      case "/events":
        return { status: 200, body: `${JSON.stringify(event)}\n` };
      case "/system/df":
        return json({ LayersSize: images.length * size, Images: images.map(listed) });
    }
    const number = images.find((each) => path.includes(hex(each)) || path.includes(`app:${each}`));
    if (number === undefined) return { status: 404, body: '{"message":"No such image"}' };
    if (method === "DELETE") {
      this.#gone.add(idOf(number));
      return json([{ Untagged: `app:${number}` }, { Deleted: idOf(number) }]);
    }
    if (path.endsWith("/history"))
      return json([{ Id: "x", Created: 1, CreatedBy: "RUN", Size: size, Tags: null }]);
    return json({ ...listed(number), RootFS: { Type: "layers", Layers: [`sha256:${hex(1000 + number)}`] } });
  }
}

const size = 50_000_000;

const info = {
  ID: "hostile",
  Name: "hostile",
  Driver: "overlay2",
  DockerRootDir: "/nowhere",
  ServerVersion: "28",
};

const event = {
  Type: "image",
  Action: "load",
  Actor: { ID: idOf(1), Attributes: {} },
  timeNano: 1_000_000_000,
};

function listed(number: number): object {
  const names = { RepoTags: [`app:${number}`], RepoDigests: [] };
  return { Id: idOf(number), ParentId: "", ...names, Labels: null, Size: size, Created: 1 };
}
