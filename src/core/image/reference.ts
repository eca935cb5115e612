/** An image reference, taken apart as the docker CLI does it. */
export interface Reference {
  /** `docker.io` when the name has none. */
  readonly domain: string;
  /** `library/redis` for `redis`. */
  readonly path: string;
  /** Null when the name has none; `latest` is then meant, unless there is a digest. */
  readonly tag: string | null;
  /** `sha256:…` */
  readonly digest: string | null;
}

const defaultDomain = "docker.io";
const defaultTag = "latest";

// The grammar of github.com/distribution/reference, as far as an engine lets names come into being.
const pathShape = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const domainShape =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;
const tagShape = /^\w[\w.-]{0,127}$/;
const digestShape = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;

/** Null for what is no image reference. An image ID is none. */
export function parseReference(text: string): Reference | null {
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(text)) return null;
  const at = text.indexOf("@");
  const digest = at < 0 ? null : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  // A colon behind the last slash starts a tag; one before it belongs to a port.
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : null;
  const { domain, path } = splitDomain(hasTag ? named.slice(0, colon) : named);
  if (!pathShape.test(path) || !domainShape.test(domain)) return null;
  if (tag !== null && !tagShape.test(tag)) return null;
  if (digest !== null && !digestShape.test(digest)) return null;
  return { domain, path, tag, digest };
}

function splitDomain(name: string): { domain: string; path: string } {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isDomain =
    slash > 0 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  const domain = isDomain ? first : defaultDomain;
  const path = isDomain ? name.slice(slash + 1) : name;
  const official = domain === "index.docker.io" ? defaultDomain : domain;
  return {
    domain: official,
    path: official === defaultDomain && !path.includes("/") ? `library/${path}` : path,
  };
}

/**
 * `app:1` for `app:1@sha256:…`: the containerd store records both where both were asked for, as Swarm does. Null for a name
 * that has not both.
 */
export function pinnedTagOf(name: string): string | null {
  const at = name.indexOf("@");
  const named = name.slice(0, Math.max(at, 0));
  return named.lastIndexOf(":") > named.lastIndexOf("/") ? named : null;
}

/** `host:5000/app` for `host:5000/app:1@sha256:…`: as it is spelled, whether it is a reference or not. */
export function withoutTagAndDigest(name: string): string {
  let end = name.length;
  // From behind, as that is short. A colon behind the last slash starts a tag; one before it belongs to a port.
  for (let place = end - 1; place >= 0 && name[place] !== "/"; place -= 1)
    if (name[place] === ":" || name[place] === "@") end = place;
  return name.slice(0, end);
}

/** `docker.io/library/redis` */
export function repositoryOf(reference: Reference): string {
  return `${reference.domain}/${reference.path}`;
}

/** The same repository as docker shows it: `redis`. */
export function familiarRepositoryOf(reference: Reference): string {
  if (reference.domain !== defaultDomain) return repositoryOf(reference);
  return reference.path.replace(/^library\/(?!.*\/)/, "");
}

/** That of a name; what is no reference stands for itself. */
export function familiarRepositoryIn(name: string): string {
  const reference = parseReference(name);
  return reference === null ? name : familiarRepositoryOf(reference);
}

/**
 * The one spelling of a name that is compared and stored: `docker.io/library/redis:latest`, or
 * `docker.io/library/redis@sha256:…`. With a tag and a digest, the digest decides, as in the engine.
 */
export function canonicalName(reference: Reference): string {
  const repository = repositoryOf(reference);
  return reference.digest === null
    ? `${repository}:${reference.tag ?? defaultTag}`
    : `${repository}@${reference.digest}`;
}

/**
 * A name that was typed without a registry, with its tag or digest: `redis:7`, `redis:latest` for `redis`. Null for one that
 * names its registry.
 */
export function shortNameOf(text: string): string | null {
  const reference = parseReference(text);
  if (reference?.domain !== defaultDomain || /^(?:index\.)?docker\.io\//.test(text)) return null;
  const short = canonicalNameOf(`localhost/${text}`);
  return short === null ? null : short.slice("localhost/".length);
}

/** The canonical spelling of a name as it was typed or listed; null for what is no reference. */
export function canonicalNameOf(text: string): string | null {
  const reference = parseReference(text);
  return reference === null ? null : canonicalName(reference);
}

/** The repository of a name as it was typed or listed; null for what is no reference. */
export function repositoryOfName(text: string): string | null {
  const reference = parseReference(text);
  return reference === null ? null : repositoryOf(reference);
}
