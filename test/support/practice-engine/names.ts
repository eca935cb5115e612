import {
  canonicalName,
  familiarRepositoryOf,
  parseReference,
  repositoryOf,
  type Reference,
} from "../../../src/core/reference.js";
import { Refusal } from "./refusal.js";

/** A name as the engine stores it: `docker.io/library/app:1`, or `docker.io/library/app@sha256:…`. */
export type StoredName = string;

function parseName(text: string): Reference {
  const reference = parseReference(text);
  if (reference === null) throw new Refusal(400, "invalid reference format");
  return reference;
}

export function storedName(text: string): StoredName {
  return canonicalName(parseName(text));
}

/** As the engine shows it: `app:1`. */
export function familiarName(name: StoredName): string {
  const reference = parseName(name);
  const repository = familiarRepositoryOf(reference);
  return reference.digest === null
    ? `${repository}:${reference.tag ?? "latest"}`
    : `${repository}@${reference.digest}`;
}

export function isDigestName(name: StoredName): boolean {
  return name.includes("@");
}

export function repositoryOfName(name: StoredName): string {
  return repositoryOf(parseName(name));
}

/**
 * moby's isSingleReference: at most one tag, and every digest in that tag's repository. No name at all is none.
 */
export function isSingleReference(names: readonly StoredName[]): boolean {
  const tags = names.filter((name) => !isDigestName(name));
  const digestRepositories = new Set(names.filter(isDigestName).map(repositoryOfName));
  const single = tags[0] ?? names[0];
  if (single === undefined || tags.length > 1) return false;
  if (names.length === 1) return true;
  return digestRepositories.size === 1 && digestRepositories.has(repositoryOfName(single));
}
