import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { OciBlob } from "../../support/oci-archive.js";
import type { NamedImage } from "./crowd.js";

export interface Registry {
  /** `127.0.0.1:PORT`, which engines trust without TLS. */
  readonly address: string;
  close(): void;
}

/** A registry that images can be pulled from. */
export async function serveImages(images: readonly NamedImage[]): Promise<Registry> {
  const blobs = new Map<string, OciBlob>();
  for (const { name, image } of images) {
    for (const blob of [image.root, ...image.blobs]) blobs.set(blob.digest, blob);
    const [repository = "", tag = ""] = name.split(":");
    blobs.set(`${repository}:${tag}`, image.root);
  }
  const server: Server = createServer(({ url = "", method }, response) => {
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(url) ?? [];
    if (url === "/v2/") return void response.writeHead(200).end();
    const blob = blobs.get(reference) ?? blobs.get(`${repository}:${reference}`);
    if (kind === undefined || blob === undefined) return void response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": kind === "blobs" ? "application/octet-stream" : blob.mediaType,
      "content-length": blob.content.length,
      "docker-content-digest": blob.digest,
    });
    response.end(method === "HEAD" ? undefined : blob.content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, close: () => server.close() };
}
