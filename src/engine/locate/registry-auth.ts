import { join } from "node:path";
import { describeError } from "../../core/text/failure.js";
import { fieldOf, hasFields } from "../../core/text/parsed.js";
import { findDistrust, type TrustedUsers } from "../../files/trust.js";
import { dockerFolder, readDockerConfig, type DockerEnvironment } from "./context.js";
import { askHelper, type Secret } from "./credential-helper.js";

/** What a registry is shown of who asks. */
export interface RegistryAuth {
  /** For the header X-Registry-Auth; null: nothing. */
  readonly header: string | null;
  /** Why credentials that there may be are not shown, a clause; null where none are held back. */
  readonly lacking: string | null;
}

/** By the registry's host, `docker.io` for Docker Hub. Never throws. */
export type RegistryAuthOf = (registry: string) => Promise<RegistryAuth>;

const nothing: RegistryAuth = { header: null, lacking: null };

export const noRegistryAuth: RegistryAuthOf = () => Promise.resolve(nothing);

export interface CredentialSources extends DockerEnvironment {
  /** Whether a program that config.json names may be started. */
  readonly helpers: "used" | "unused";
  /** Who may say which one; null: anybody. */
  readonly users: TrustedUsers;
}

/**
 * The credentials that `docker login` left, read and asked for when a registry is first asked, and once each.
 * https://github.com/docker/cli/blob/master/cli/config/configfile/file.go
 */
export function dockerCredentials(sources: CredentialSources): RegistryAuthOf {
  const known = new Map<string, Promise<RegistryAuth>>();
  return (registry) => {
    const auth = known.get(registry) ?? authOf(registry, sources).catch(unreadable);
    known.set(registry, auth);
    return auth;
  };
}

function unreadable(error: unknown): RegistryAuth {
  return { header: null, lacking: `without credentials, as ${describeError(error)}` };
}

async function authOf(registry: string, sources: CredentialSources): Promise<RegistryAuth> {
  const path = join(dockerFolder(sources), "config.json");
  const config = readDockerConfig(path);
  const server = registry === "docker.io" ? hub : registry;
  const helper = fieldOf(config["credHelpers"], server) ?? config["credsStore"];
  if (typeof helper !== "string" || helper === "") {
    const secret = storedSecret(config["auths"], server);
    return secret === null ? nothing : { header: headerOf(secret, server), lacking: null };
  }
  const without = `without the credentials of docker-credential-${helper}`;
  if (sources.helpers === "unused")
    return { header: null, lacking: `${without}, which root starts only with --use-credential-helpers` };
  const distrust = findDistrust(path, sources.users, "read");
  if (distrust !== null)
    return { header: null, lacking: `${without}, as ${distrust.path} ${distrust.problem}` };
  const answer = await askHelper(helper, server, sources.env);
  switch (answer.kind) {
    case "found":
      return { header: headerOf(answer.secret, server), lacking: null };
    case "none":
      return nothing;
    case "failed":
      return { header: null, lacking: `${without}, which ${answer.problem}` };
  }
}

/** What docker calls Docker Hub where it keeps credentials. */
const hub = "https://index.docker.io/v1/";

/** `docker login` writes a host; older ones, and people, an address with a scheme and a path. */
function storedSecret(auths: unknown, server: string): Secret | null {
  const entries = Object.entries(hasFields(auths) ? auths : {});
  const found =
    entries.find(([name]) => name === server) ?? entries.find(([name]) => hostOf(name) === hostOf(server));
  if (found === undefined) return null;
  const text = (name: string): string => {
    const value = fieldOf(found[1], name);
    return typeof value === "string" ? value : "";
  };
  const pair = Buffer.from(text("auth"), "base64").toString("utf8").replace(/\0+$/, "");
  const colon = pair.indexOf(":");
  const [username, password] =
    colon > 0 ? [pair.slice(0, colon), pair.slice(colon + 1)] : [text("username"), text("password")];
  const tokens = { identitytoken: text("identitytoken"), registrytoken: text("registrytoken") };
  const secret = { username, password, ...tokens };
  return Object.values(secret).every((value) => value === "") ? null : secret;
}

function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, "").split("/")[0] ?? "";
}

/** The engine reads base64 as RFC 4648 has it for addresses, with its padding. */
function headerOf(secret: Secret, server: string): string {
  const given = Object.entries(secret).filter(([, value]) => value !== "");
  const text = JSON.stringify({ ...Object.fromEntries(given), serveraddress: server });
  return Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
