import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, type ConnectionOptions } from "node:tls";
import { describeError } from "../../core/text/failure.js";
import type { Endpoint } from "../locate/endpoint.js";
import { readTlsFile, readTlsFiles } from "../locate/tls-files.js";

/** Times are epoch milliseconds. */
export type CertificateLife =
  | { readonly kind: "read"; readonly what: string; readonly beginsAt: number; readonly endsAt: number }
  | { readonly kind: "unreadable"; readonly what: string; readonly reason: string };

/** How long the certificates of a connection are good: the files on this side, and what the engine shows. Empty without TLS. */
export async function readCertificates(endpoint: Endpoint, timeoutMs: number): Promise<CertificateLife[]> {
  if (endpoint.kind !== "tcp" || endpoint.tls === null) return [];
  const { host, port, tls } = endpoint;
  const files = [tls.ca, tls.cert].filter((path) => path !== null);
  return Promise.all([
    ...files.map((path) => lifeOf(path, () => new X509Certificate(readTlsFile(path)))),
    lifeOf("the engine's certificate", () => shownAt({ ...readTlsFiles(tls), host, port }, timeoutMs)),
  ]);
}

async function lifeOf(
  what: string,
  read: () => X509Certificate | Promise<X509Certificate>,
): Promise<CertificateLife> {
  try {
    const { validFrom, validTo } = await read();
    return { kind: "read", what, beginsAt: Date.parse(validFrom), endsAt: Date.parse(validTo) };
  } catch (error) {
    return { kind: "unreadable", what, reason: describeError(error) };
  }
}

/** Also one that would not be accepted: when it ends is reported in any case. */
async function shownAt(options: ConnectionOptions, timeoutMs: number): Promise<X509Certificate> {
  const socket = connect({ ...options, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(timeoutMs) });
    const shown = socket.getPeerX509Certificate();
    if (shown === undefined) throw new Error("it shows none");
    return shown;
  } finally {
    socket.on("error", () => undefined);
    socket.destroy();
  }
}
