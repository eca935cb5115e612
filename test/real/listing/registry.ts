import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { blobOf, type OciBlob, type OciImage } from "../../support/oci-archive.js";

/** A registry on loopback, which engines trust without TLS: to pull from, to push to, and to move tags in. */
export class Registry {
  readonly #blobs = new Map<string, OciBlob>();
  /** What a tag stands for, by `repository:tag`. */
  readonly #tags = new Map<string, OciBlob>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<Registry> {
    const registry = new Registry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** `127.0.0.1:PORT` */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  offer(repository: string, tag: string, image: OciImage): void {
    for (const blob of [image.root, ...image.blobs]) this.#blobs.set(blob.digest, blob);
    this.#tags.set(`${repository}:${tag}`, image.root);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "", method = "" } = request;
    const [path = "", query] = url.split("?");
    const [, repository = "", kind = "", rest = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(path) ?? [];
    if (kind === "tags") {
      const tags = [...this.#tags.keys()].flatMap((name) =>
        name.startsWith(`${repository}:`) ? [name.slice(repository.length + 1)] : [],
      );
      response.end(JSON.stringify({ name: repository, tags }));
    } else if (method === "GET" || method === "HEAD")
      this.#send(request, response, { repository, kind, rest });
    else await this.#store(request, response, { repository, kind, rest, query: query ?? "" });
  }

  #send({ method, url }: IncomingMessage, response: ServerResponse, asked: Asked): void {
    const blob = this.#blobs.get(asked.rest) ?? this.#tags.get(`${asked.repository}:${asked.rest}`);
    if (url === "/v2/") return void response.writeHead(200).end();
    if (blob === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": asked.kind === "blobs" ? "application/octet-stream" : blob.mediaType,
      "content-length": blob.content.length,
      "docker-content-digest": blob.digest,
    });
    response.end(method === "HEAD" ? undefined : blob.content);
  }

  /** An upload is begun with POST, may be continued with PATCH, and is ended with PUT. */
  async #store(
    request: IncomingMessage,
    response: ServerResponse,
    { repository, kind, rest, query }: Asked & { readonly query: string },
  ): Promise<void> {
    const content = await buffer(request);
    if (kind === "manifests") {
      const blob = blobOf(request.headers["content-type"] ?? "", content);
      this.#blobs.set(blob.digest, blob);
      if (!rest.includes("@") && !rest.startsWith("sha256:")) this.#tags.set(`${repository}:${rest}`, blob);
      response.writeHead(201, { "docker-content-digest": blob.digest }).end();
      return;
    }
    const location = `/v2/${repository}/blobs/uploads/${rest.replace("uploads/", "") || String(this.#made++)}`;
    if (request.method === "POST") return void response.writeHead(202, { location }).end();
    const before = this.#uploads.get(rest) ?? Buffer.alloc(0);
    const all = Buffer.concat([before, content]);
    if (request.method === "PATCH") {
      this.#uploads.set(rest, all);
      const range = `0-${all.length - 1}`;
      return void response.writeHead(202, { location, range }).end();
    }
    this.#uploads.delete(rest);
    const digest = new URLSearchParams(query).get("digest") ?? "";
    this.#blobs.set(digest, { mediaType: "application/octet-stream", digest, content: all });
    response.writeHead(201, { "docker-content-digest": digest }).end();
  }

  readonly #uploads = new Map<string, Buffer>();
  #made = 0;
}

interface Asked {
  readonly repository: string;
  readonly kind: string;
  /** A tag, a digest or an upload. */
  readonly rest: string;
}
