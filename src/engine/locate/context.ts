import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { UserEnvironment } from "../../core/text/environment.js";
import { fieldOf, hasFields } from "../../core/text/parsed.js";
import { attempt } from "../../core/text/attempt.js";
import { describeError, Failure } from "../../core/text/failure.js";
import { readFileNow } from "../../files/read-input.js";
import { tlsFilesIn, type TlsFiles } from "./tls-files.js";

/** What a docker context says about its engine. */
export interface ContextEndpoint {
  /** An address as DOCKER_HOST has it; empty for the default socket. */
  readonly host: string;
  /** Null: the context has no certificates, and a connection over TCP is a plain one. */
  readonly tls: TlsFiles | null;
}

/** What decides which engine the docker command asks, and how. */
export type DockerEnvironment = Pick<UserEnvironment, "env" | "home">;

/** Where the docker command has its settings: DOCKER_CONFIG, or `~/.docker`. */
export function dockerFolder({ env, home }: DockerEnvironment): string {
  const folder = env["DOCKER_CONFIG"] ?? "";
  return folder === "" ? join(home, ".docker") : folder;
}

/**
 * The context that `docker context use` chose; null when there is none. The docker command takes a file that it
 * cannot read for none; here, that might be the wrong engine.
 *
 * @throws Failure of code `usage` for a file that cannot be read.
 */
export function currentContext(folder: string): string | null {
  const name = readDockerConfig(join(folder, "config.json"))["currentContext"];
  return typeof name === "string" && name !== "" ? name : null;
}

/** The docker command's own settings; none for what is not there, or no object. Throws a Failure of code `usage` for a file that cannot be read. */
export function readDockerConfig(path: string): Readonly<Record<string, unknown>> {
  const parsed = existsSync(path) ? readJson(path, path) : null;
  return hasFields(parsed) ? parsed : {};
}

/**
 * Reads a context from the docker command's store: a folder for each, named by the digest of its name.
 * https://github.com/docker/cli/blob/master/cli/context/store/store.go
 *
 * @param origin who names it, for messages
 * @throws Failure of code `usage` when there is no such context, or when it has no engine.
 */
export function readContext(name: string, folder: string, origin: string): ContextEndpoint {
  const digest = createHash("sha256").update(name).digest("hex");
  const path = join(folder, "contexts/meta", digest, "meta.json");
  const shown = JSON.stringify(name);
  if (!existsSync(path)) {
    throw new Failure(
      "usage",
      `${origin}: there is no docker context ${shown}; expected one of "docker context ls".`,
    );
  }
  const endpoint = fieldOf(fieldOf(readJson(path, `the docker context ${shown}`), "Endpoints"), "docker");
  if (endpoint === undefined) {
    throw new Failure(
      "usage",
      `${origin}: the docker context ${shown} names no engine; expected one with a docker endpoint.`,
    );
  }
  const host = fieldOf(endpoint, "Host") ?? "";
  if (typeof host !== "string")
    throw new Failure("usage", `${origin}: the docker context ${shown} has no address; expected one.`);
  const checks = fieldOf(endpoint, "SkipTLSVerify") === true ? "nothing" : "server";
  const files = tlsFilesIn(join(folder, "contexts/tls", digest, "docker"), checks);
  const hasFiles = [files.ca, files.cert, files.key].some((file) => file !== null);
  return { host, tls: hasFiles || checks === "nothing" ? files : null };
}

/** Names of all contexts but `default`, sorted; those that cannot be read are left out. */
export function contextNames(folder: string): string[] {
  const meta = join(folder, "contexts/meta");
  if (!existsSync(meta)) return [];
  const nameIn = (digest: string) => fieldOf(readJson(join(meta, digest, "meta.json"), digest), "Name");
  const names = readdirSync(meta).map((digest) => attempt(() => nameIn(digest), undefined));
  return names.filter((name) => typeof name === "string").sort();
}

/** A file of settings has some KiB; one with the keys of many registries, some hundred. */
const intake = { most: 4 * 1024 * 1024, links: "followed" } as const;

function readJson(path: string, shown: string): unknown {
  try {
    return JSON.parse(readFileNow(path, intake).toString("utf8")) as unknown;
  } catch (error) {
    const reason = describeError(error);
    const remedy = "set it right, or name another folder with DOCKER_CONFIG";
    throw new Failure("usage", `${shown} cannot be read (${reason}); ${remedy}.`, { cause: error });
  }
}
