import { Failure } from "../../core/text/failure.js";
import type { RegistryAuth } from "../locate/registry-auth.js";
import type { RegistryAnswer } from "../port.js";
import type { Connection } from "../transport/connection.js";
import { asObject, textIn } from "../transport/fields.js";
import { parseJson } from "../transport/json-text.js";
import { messageIn } from "./error-message.js";

/** The engine passes the question on, and a run waits for each answer. */
const mostMs = 15_000;

/**
 * `GET /distribution/{name}/json` (API 1.30): the engine asks the registry, with the credentials that are sent along. Podman does
 * not offer it. Throws a Failure of code `engine` where it is the engine that gives no answer.
 */
export async function askRegistry(
  connection: Connection,
  name: string,
  { header: registryAuth, lacking }: RegistryAuth,
  engineTimeoutMs: number,
): Promise<RegistryAnswer> {
  const timeoutMs = Math.min(engineTimeoutMs, mostMs);
  const path = `/distribution/${name}/json`;
  const began = performance.now();
  try {
    const response = await connection.send({ method: "GET", path, registryAuth, timeoutMs });
    const text = await response.readText();
    if (response.status === 200)
      return { kind: "found", digest: parseDigest(parseJson(text, `GET ${path}`)) };
    const message = messageIn(text, response.status);
    return { kind: "refused", message: lacking === null ? message : `${message}; ${lacking}` };
  } catch (error) {
    if (!(error instanceof Failure) || performance.now() - began < timeoutMs) throw error;
    return { kind: "silent", message: `there was no answer within ${timeoutMs / 1000} s` };
  }
}

function parseDigest(answer: unknown): string {
  return textIn(
    asObject(asObject(answer, "distribution")["Descriptor"], "Descriptor"),
    "digest",
    "Descriptor",
  );
}
