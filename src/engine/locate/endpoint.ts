import { join } from "node:path";
import { attempt } from "../../core/text/attempt.js";
import { Failure } from "../../core/text/failure.js";
import { currentContext, dockerFolder, readContext, type DockerEnvironment } from "./context.js";
import { tlsFilesIn, type TlsFiles } from "./tls-files.js";

/** Where an engine listens. */
export type Endpoint =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly tls: TlsFiles | null }
  | SshEndpoint;

/** What is null, ssh's own settings decide. */
export interface SshEndpoint {
  readonly kind: "ssh";
  readonly host: string;
  readonly port: number | null;
  readonly user: string | null;
  /** The engine's socket over there; null: as the docker command over there finds it. */
  readonly socketPath: string | null;
}

/** What somebody named, and where. */
interface Named {
  readonly value: string;
  readonly origin: string;
}

/** Which engine is asked for; never both. */
export interface EngineChoice {
  readonly host?: Named | undefined;
  readonly context?: Named | undefined;
}

/** An endpoint, and who said so. */
export interface ResolvedEndpoint {
  readonly endpoint: Endpoint;
  /** `--host`, `DOCKER_HOST`, `context build (DOCKER_CONTEXT)`, or `default`. */
  readonly origin: string;
}

const defaultHost = "unix:///var/run/docker.sock";
const plainPort = 2375;
const tlsPort = 2376;

/**
 * The endpoint by the docker command's rules: what was asked for, else DOCKER_HOST, else the context that DOCKER_CONTEXT
 * names, else the one that `docker context use` chose, else the default socket. The context `default` is DOCKER_HOST
 * or the default socket. https://docs.docker.com/engine/manage-resources/contexts/
 *
 * @throws Failure of code `usage` for an address that is none and a context that cannot be read.
 */
export function resolveEndpoint(choice: EngineChoice, environment: DockerEnvironment): ResolvedEndpoint {
  if (choice.host !== undefined) return fromAddress(choice.host, environment);
  if (choice.context !== undefined) return fromContext(choice.context, environment);
  const { env } = environment;
  if ((env["DOCKER_HOST"] ?? "") !== "") return withoutContext(environment);
  const named = env["DOCKER_CONTEXT"] ?? "";
  if (named !== "") return fromContext({ value: named, origin: "DOCKER_CONTEXT" }, environment);
  const folder = dockerFolder(environment);
  const current = currentContext(folder);
  if (current === null) return withoutContext(environment);
  return fromContext({ value: current, origin: join(folder, "config.json") }, environment);
}

function fromContext(named: Named, environment: DockerEnvironment): ResolvedEndpoint {
  if (named.value === "default") return withoutContext(environment);
  const { host, tls } = readContext(named.value, dockerFolder(environment), named.origin);
  const origin = `context ${named.value} (${named.origin})`;
  return { endpoint: parseAddress(host === "" ? defaultHost : host, origin, () => tls), origin };
}

function withoutContext(environment: DockerEnvironment): ResolvedEndpoint {
  const host = environment.env["DOCKER_HOST"] ?? "";
  const named =
    host === "" ? { value: defaultHost, origin: "default" } : { value: host, origin: "DOCKER_HOST" };
  return fromAddress(named, environment);
}

function fromAddress({ value, origin }: Named, environment: DockerEnvironment): ResolvedEndpoint {
  return { endpoint: parseAddress(value, origin, () => tlsOfEnvironment(value, environment)), origin };
}

/** As DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH say: whether they are set counts, not to what. */
function tlsOfEnvironment(address: string, environment: DockerEnvironment): TlsFiles | null {
  const { env } = environment;
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  const checks = isSet("DOCKER_TLS_VERIFY") || address.startsWith("https:") ? "server" : "nothing";
  if (checks === "nothing" && !isSet("DOCKER_TLS")) return null;
  const certificates = env["DOCKER_CERT_PATH"] ?? "";
  const folder = certificates === "" ? dockerFolder(environment) : certificates;
  const found = tlsFilesIn(folder, checks);
  // As `docker --tlscacert … gc` names them; see own-arguments.ts.
  const named = (option: string): string | null => env[`--${option}`] ?? null;
  return {
    checks,
    // The docker command, too, wants an authority here, and takes the other two if they are there.
    ca: named("tlscacert") ?? join(folder, "ca.pem"),
    cert: named("tlscert") ?? found.cert,
    key: named("tlskey") ?? found.key,
  };
}

function parseAddress(text: string, origin: string, tlsOf: () => TlsFiles | null): Endpoint {
  if (text.startsWith("unix://")) return unixEndpoint(text, origin);
  const url = parseUrl(text, origin);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (host === "") throw badAddress(text, origin);
  if (url.protocol === "ssh:") return sshEndpoint(url, host, text, origin);
  const tls = tlsOf();
  const port = url.port === "" ? (tls === null ? plainPort : tlsPort) : Number(url.port);
  return { kind: "tcp", host, port, tls };
}

/** Whoever writes a password here would show it to everybody who can list processes; ssh has agents and keys for that. */
function sshEndpoint(url: URL, host: string, text: string, origin: string): SshEndpoint {
  const user = attempt(() => decodeURIComponent(url.username), null);
  const path = attempt(() => decodeURIComponent(url.pathname), null);
  if (user === null || path === null || host.startsWith("-") || user.startsWith("-"))
    throw badAddress(text, origin);
  if (url.password !== "")
    throw new Failure("usage", `${origin}: an ssh address takes no password; expected a key or an agent.`);
  return {
    kind: "ssh",
    host,
    port: url.port === "" ? null : Number(url.port),
    user: user === "" ? null : user,
    socketPath: path === "" || path === "/" ? null : path,
  };
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
  // Only over ssh there may be a path: that of the socket over there.
  const path = parsed.protocol === "ssh:" ? "" : parsed.pathname;
  const behind = `${path}${parsed.search}${parsed.hash}`;
  if (behind !== "/" && behind !== "") throw badAddress(text, origin);
  return parsed;
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

/** The address for messages and reports. Without user and password, but for ssh's user: that is no secret, and says whose rights count. */
export function showEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case "unix":
      return `unix://${endpoint.socketPath}`;
    case "tcp":
      return `${endpoint.tls === null ? "tcp" : "https"}://${showHost(endpoint.host)}:${endpoint.port}`;
    case "ssh":
      return `ssh://${endpoint.user === null ? "" : `${endpoint.user}@`}${showHost(endpoint.host)}${endpoint.port === null ? "" : `:${endpoint.port}`}${endpoint.socketPath ?? ""}`;
  }
}

function showHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
