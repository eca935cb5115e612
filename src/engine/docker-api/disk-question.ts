import type { DiskAnswer, DiskKind } from "../../core/results/disk.js";
import { Failure } from "../../core/text/failure.js";
import { mostBytes } from "../transport/bounds.js";
import type { Connection } from "../transport/connection.js";
import { parseJson } from "../transport/json-text.js";
import { diskTypes, parseDiskAccount } from "./disk-answers.js";
import { messageIn } from "./error-message.js";

/** It walks through all files of containers and volumes, for which a person does not wait longer. */
const mostMs = 30_000;

/**
 * `GET /system/df?type=` for one kind (API 1.42), which leaves the images out: to count them again takes the containerd store as
 * long as a listing. Never throws a Failure: it is only shown what is missing.
 */
export async function askDisk(
  connection: Connection,
  kind: DiskKind,
  engineTimeoutMs: number,
): Promise<DiskAnswer> {
  const timeoutMs = Math.min(engineTimeoutMs, mostMs);
  const request = {
    method: "GET",
    path: "/system/df",
    query: { type: diskTypes[kind].type },
    timeoutMs,
    mostBytes: mostBytes.users,
  } as const;
  const began = performance.now();
  try {
    const response = await connection.send(request);
    const text = await response.readText();
    if (response.status !== 200) return unknown(messageIn(text, response.status));
    const account = parseDiskAccount(parseJson(text, "GET /system/df"), kind);
    return account === null ? unknown("its answer leaves them out") : { kind: "known", account };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const isLate = performance.now() - began >= timeoutMs;
    return unknown(
      isLate ? `there was no answer within ${timeoutMs / 1000} s` : error.message.replace(/\.$/, ""),
    );
  }
}

function unknown(because: string): DiskAnswer {
  return { kind: "unknown", because };
}
