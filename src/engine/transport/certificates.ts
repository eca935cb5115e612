import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { describeError, Failure } from "../../core/text/failure.js";
import type { Endpoint } from "../locate/endpoint.js";
import { readTlsFile, readTlsFiles, type TlsFiles } from "../locate/tls-files.js";

/** Times are epoch milliseconds. */
export type CertificateLife =
  | { readonly kind: "read"; readonly what: string; readonly beginsAt: number; readonly endsAt: number }
  | { readonly kind: "unreadable"; readonly what: string; readonly reason: string };

/** How long the certificates of a connection are good: the files on this side, and what the engine shows. Empty without TLS. */
export async function readCertificates(endpoint: Endpoint, timeoutMs: number): Promise<CertificateLife[]> {
  if (endpoint.kind !== "tcp" || endpoint.tls === null) return [];
  const { ca, cert } = endpoint.tls;
  const files = [ca, cert].filter((path) => path !== null);
  const own = files.map((path) => orUnreadable(path, () => new X509Certificate(readTlsFile(path))));
  const { host, port, tls } = endpoint;
  return [...own, await ofEngine({ host, port, tls }, timeoutMs)];
}

interface TlsEndpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles;
}

const ofTheEngine = "the engine's certificate";

/** Also one that would not be accepted: when it ends is reported in any case. */
async function ofEngine({ host, port, tls }: TlsEndpoint, timeoutMs: number): Promise<CertificateLife> {
  try {
    const socket = connect({ ...readTlsFiles(tls), host, port, rejectUnauthorized: false });
    try {
      await once(socket, "secureConnect", { signal: AbortSignal.timeout(timeoutMs) });
      const shown = socket.getPeerX509Certificate();
      if (shown === undefined) return { kind: "unreadable", what: ofTheEngine, reason: "it shows none" };
      return orUnreadable(ofTheEngine, () => shown);
    } finally {
      socket.on("error", () => undefined);
      socket.destroy();
    }
  } catch (error) {
    return { kind: "unreadable", what: ofTheEngine, reason: describeError(error) };
  }
}

function orUnreadable(what: string, read: () => X509Certificate): CertificateLife {
  try {
    const { validFrom, validTo } = read();
    return { kind: "read", what, beginsAt: Date.parse(validFrom), endsAt: Date.parse(validTo) };
  } catch (error) {
    const reason = error instanceof Failure ? error.message : describeError(error);
    return { kind: "unreadable", what, reason };
  }
}
