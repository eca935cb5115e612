import { Failure } from "../core/failure.js";

/** Where an engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly port: number;
      readonly user: string | undefined;
      /** Where the agent listens that holds the keys. */
      readonly agentSocket: string | undefined;
    };

/** Folder with `ca.pem`, `cert.pem` and `key.pem`. */
export interface TlsFiles {
  readonly folder: string;
}

export interface EndpointSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const defaultHost = "unix:///var/run/docker.sock";
const plainPort = 2375;
const tlsPort = 2376;
const sshPort = 22;

/**
 * The endpoint by the docker CLI's rules: `--host`, else DOCKER_HOST, else the default socket; TLS as DOCKER_TLS_VERIFY
 * and DOCKER_CERT_PATH say. Throws a usage Failure for an address that is none.
 */
export function resolveEndpoint(host: string | undefined, { env, home }: EndpointSurroundings): Endpoint {
  const fromEnvironment = env["DOCKER_HOST"] ?? "";
  const origin = host === undefined ? "DOCKER_HOST" : "--host";
  const text = host ?? (fromEnvironment === "" ? defaultHost : fromEnvironment);
  if (text.startsWith("unix://")) return unixEndpoint(text, origin);
  const url = parseUrl(text, origin);
  const bareHost = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (bareHost === "") throw badAddress(text, origin);
  if (url.protocol === "ssh:") {
    const user = url.username === "" ? undefined : decoded(url.username);
    if (user === null) throw badAddress(text, origin);
    const port = url.port === "" ? sshPort : Number(url.port);
    return { kind: "ssh", host: bareHost, port, user, agentSocket: env["SSH_AUTH_SOCK"] };
  }
  const secure = text.startsWith("https:") || (env["DOCKER_TLS_VERIFY"] ?? "") !== "";
  const certificates = env["DOCKER_CERT_PATH"] ?? "";
  const tls = secure ? { folder: certificates === "" ? `${home}/.docker` : certificates } : null;
  const port = url.port === "" ? (secure ? tlsPort : plainPort) : Number(url.port);
  return { kind: "tcp", host: bareHost, port, tls };
}

function unixEndpoint(text: string, origin: string): Endpoint {
  const socketPath = text.slice("unix://".length);
  if (!socketPath.startsWith("/")) throw badAddress(text, origin);
  return { kind: "unix", socketPath };
}

function parseUrl(text: string, origin: string): URL {
  // Of a scheme that it knows, the parser drops the usual port, and 80 or 443 would become another one here.
  const usual = text.replace(/^https?:/, "tcp:");
  if (!/^(tcp|ssh):\/\//.test(usual) || !URL.canParse(usual)) throw badAddress(text, origin);
  const parsed = new URL(usual);
  const behind = `${parsed.pathname}${parsed.search}${parsed.hash}`;
  if (behind !== "/" && behind !== "") throw badAddress(text, origin);
  return parsed;
}

/** Null for what is no percent-encoding. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function badAddress(text: string, origin: string): Failure {
  const shown = JSON.stringify(withoutCredentials(text));
  return new Failure(
    "usage",
    `${origin}: ${shown} is not an engine address; expected unix:///path, tcp://host:port, https://host:port or ssh://user@host.`,
  );
}

/** An address that cannot be parsed may have its password anywhere before the last `@`. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?[^]*@/, "$1");
}

/** The address for messages and reports; without user and password. */
export function showEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "unix":
      return `unix://${endpoint.socketPath}`;
    case "tcp":
      return `${endpoint.tls === null ? "tcp" : "https"}://${showHost(endpoint.host)}:${endpoint.port}`;
    case "ssh":
      return `ssh://${showHost(endpoint.host)}:${endpoint.port}`;
  }
}

function showHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
