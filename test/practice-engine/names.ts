import {
  canonicalName,
  familiarRepositoryOf,
  parseReference,
  pinnedTagOf,
  repositoryOf,
  type Reference,
} from "../../src/core/image/reference.js";
import { Refusal } from "./refusal.js";

/**
 * A name as the engine stores it: `docker.io/library/app:1`, or `docker.io/library/app@sha256:…`; as a containerd store does,
 * `docker.io/library/app:1@sha256:…`, and what is no reference as it came in an archive.
 */
export type StoredName = string;

function parseName(text: string): Reference {
  const reference = parseReference(text);
  if (reference === null) throw new Refusal(400, "invalid reference format");
  return reference;
}

export function storedName(text: string): StoredName {
  return canonicalName(parseName(text));
}

/** With tag and digest, as a containerd store records what was pulled so; null for a name that has not both. */
export function pinnedName(text: string): StoredName | null {
  const tag = pinnedTagOf(text);
  return tag === null ? null : `${storedName(tag)}${text.slice(tag.length)}`;
}

/** As the engine shows it: `app:1`. */
export function familiarName(name: StoredName): string {
  const tag = pinnedTagOf(name);
  if (tag !== null) return `${familiarName(tag)}${name.slice(tag.length)}`;
  const reference = parseReference(name);
  if (reference === null) return name;
  const repository = familiarRepositoryOf(reference);
  return reference.digest === null
    ? `${repository}:${reference.tag ?? "latest"}`
    : `${repository}@${reference.digest}`;
}

export function isDigestName(name: StoredName): boolean {
  return name.includes("@");
}

export function repositoryOfName(name: StoredName): string {
  const reference = parseReference(name);
  return reference === null ? name : repositoryOf(reference);
}

/**
 * moby's isSingleReference: at most one tag, that of a name with digest included, and every digest in that tag's repository. No name at all is none.
 */
export function isSingleReference(names: readonly StoredName[]): boolean {
  const tags = [...new Set(names.flatMap((name) => (isDigestName(name) ? (pinnedTagOf(name) ?? []) : name)))];
  const digestRepositories = new Set(names.filter(isDigestName).map(repositoryOfName));
  const single = tags[0] ?? names[0];
  if (single === undefined || tags.length > 1) return false;
  if (names.length === 1) return true;
  return digestRepositories.size === 1 && digestRepositories.has(repositoryOfName(single));
}
