import { closeSync, readSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { codeOf } from "../core/text/failure.js";
import { openInput, readOn, refuseMoreThan, UnfitFile, type Intake } from "./open-input.js";

const pollMs = 20;

/** Long enough for a command that asks another host, as in `--keep-file <(ssh …)`. */
const longestWaitMs = 60_000;

/** Descriptors that the process was started with: whoever writes to such a pipe has it open already. */
const inherited = /^\/(dev\/(fd\/|stdin$)|proc\/)/;

/**
 * The content of a file that is there and does not wait for anybody.
 *
 * @throws UnfitFile for a pipe, too.
 */
export function readFileNow(path: string, intake: Intake): Buffer {
  const { kind, descriptor } = openInput(path, intake);
  try {
    if (kind === "pipe") throw new UnfitFile("is a pipe", "a file");
    const content = readOn(descriptor, intake.most);
    refuseMoreThan(intake.most, content);
    return content;
  } finally {
    closeSync(descriptor);
  }
}

/** What is waited with. */
export interface Waiting {
  /** Ends the waiting for a pipe; its reason is thrown. */
  readonly signal: AbortSignal;
  /** How long a pipe may take to its end, in milliseconds. */
  readonly waitMs?: number;
}

/**
 * The content of a file, or of a pipe up to its end: `--keep-file <(command)`.
 *
 * @throws UnfitFile for what is neither, holds more than it may, or takes too long.
 */
export async function readInput(path: string, intake: Intake, waiting: Waiting): Promise<Buffer> {
  const { kind, descriptor } = openInput(path, intake);
  try {
    const content =
      kind === "file" ? readOn(descriptor, intake.most) : await readPipe(path, descriptor, intake, waiting);
    refuseMoreThan(intake.most, content);
    return content;
  } finally {
    closeSync(descriptor);
  }
}

async function readPipe(
  path: string,
  descriptor: number,
  { most }: Intake,
  { signal, waitMs = longestWaitMs }: Waiting,
): Promise<Buffer> {
  const until = performance.now() + waitMs;
  const pieces: Buffer[] = [];
  let length = 0;
  while (length <= most) {
    const piece = readPiece(descriptor);
    // Of a pipe with a name nobody may have begun to write: its end would be no rules at all.
    const hasEnded = piece?.length === 0 && (length > 0 || inherited.test(path));
    if (hasEnded) break;
    if (piece !== null && piece.length > 0) {
      pieces.push(piece);
      length += piece.length;
      continue;
    }
    if (performance.now() >= until) {
      const within = `within ${waitMs / 1000} s`;
      throw new UnfitFile(
        length === 0 ? `is a pipe that said nothing ${within}` : `has no end ${within}`,
        "a file",
      );
    }
    await setTimeout(pollMs, undefined, { signal });
  }
  return Buffer.concat(pieces);
}

/** Null where its writer is there and has nothing to say yet. */
function readPiece(descriptor: number): Buffer | null {
  const piece = Buffer.allocUnsafe(64 * 1024);
  try {
    return piece.subarray(0, readSync(descriptor, piece));
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return null;
    throw error;
  }
}
