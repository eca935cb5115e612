import { Failure } from "../core/failure.js";

/** Where an engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
  | { readonly kind: "ssh"; readonly host: string; readonly port: number; readonly user: string | undefined };

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
    const user = url.username === "" ? undefined : decodeURIComponent(url.username);
    return { kind: "ssh", host: bareHost, port: url.port === "" ? sshPort : Number(url.port), user };
  }
  const secure = url.protocol === "https:" || (env["DOCKER_TLS_VERIFY"] ?? "") !== "";
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
  // `http:` is only there to have the parser treat a host and port the usual way.
  const known = /^(tcp|http|https|ssh):\/\//.exec(text);
  const usual = text.replace(/^tcp:/, "http:");
  if (known === null || !URL.canParse(usual)) throw badAddress(text, origin);
  const parsed = new URL(usual);
  if (parsed.pathname !== "/" && parsed.pathname !== "") throw badAddress(text, origin);
  return parsed;
}

function badAddress(text: string, origin: string): Failure {
  const shown = JSON.stringify(withoutCredentials(text));
  return new Failure(
    "usage",
    `${origin}: ${shown} is not an engine address; expected unix:///path, tcp://host:port, https://host:port or ssh://user@host.`,
  );
}

function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^@/]*@/, "//");
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
