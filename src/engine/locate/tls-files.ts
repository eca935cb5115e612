import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeError, Failure } from "../../core/text/failure.js";
import { readFileNow } from "../../files/read-input.js";

/** What a connection over TLS is made with. */
export interface TlsFiles {
  /** Whether the engine must show a certificate that the authority has signed for its name. */
  readonly checks: "server" | "nothing";
  /** Certificates of the authority to trust; null: the well-known ones. */
  readonly ca: string | null;
  /** What to show the engine, and the key to it. */
  readonly cert: string | null;
  readonly key: string | null;
}

/** The files that are in a folder, by the names that the docker command gives them. */
export function tlsFilesIn(folder: string, checks: TlsFiles["checks"]): TlsFiles {
  const find = (name: string): string | null => {
    const path = join(folder, name);
    return existsSync(path) ? path : null;
  };
  return { checks, ca: find("ca.pem"), cert: find("cert.pem"), key: find("key.pem") };
}

/** The certificates of all well-known authorities are a quarter of a MiB. */
const intake = { most: 4 * 1024 * 1024, links: "followed" } as const;

/** The TLS options for `node:https`. Throws a Failure of code `usage` for a file that cannot be read. */
export function readTlsFiles({ checks, ca, cert, key }: TlsFiles): object {
  if ((cert === null) !== (key === null)) {
    const [there, missing] = cert === null ? [key, "cert.pem"] : [cert, "key.pem"];
    throw new Failure(
      "usage",
      `For TLS, ${there ?? ""} cannot be used alone; expected ${missing} beside it.`,
    );
  }
  return {
    rejectUnauthorized: checks === "server",
    ...(ca === null ? {} : { ca: readTlsFile(ca) }),
    ...(cert === null || key === null ? {} : { cert: readTlsFile(cert), key: readTlsFile(key) }),
  };
}

/** The text of a certificate or a key. Throws a Failure of code `usage`. */
export function readTlsFile(path: string): Buffer {
  try {
    return readFileNow(path, intake);
  } catch (error) {
    const message = `A file for TLS cannot be read (${describeError(error)}); expected ca.pem, and where the engine asks for them cert.pem and key.pem, in DOCKER_CERT_PATH.`;
    throw new Failure("usage", message, { cause: error });
  }
}
