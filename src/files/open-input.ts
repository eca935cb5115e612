import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";

/** What is at a path cannot be read; the message is what comes behind its name: `is a folder`. */
export class UnfitFile extends Error {
  /** What would do instead, for `; expected …`. */
  readonly expected: string;

  constructor(message: string, expected: string) {
    super(message);
    this.name = "UnfitFile";
    this.expected = expected;
  }
}

/** What of a file is taken. */
export interface Intake {
  /** Bytes; a longer file is refused, not cut. */
  readonly most: number;
  /** Whether the path may be a symbolic link. */
  readonly links: "followed" | "refused";
}

/** An open file that yields data or ends at once, or a pipe, whose writer may let others wait. */
export interface OpenInput {
  readonly kind: "file" | "pipe";
  readonly descriptor: number;
}

/**
 * Opens what somebody has named, for reading; whoever may write to its folder can put there whatever waits for ever, never
 * ends, or does something as it is opened. So no device is opened but the one that is empty, and nothing is waited for.
 *
 * @throws UnfitFile for what is neither file nor pipe, and the system's errors.
 */
export function openInput(path: string, { links }: Pick<Intake, "links">): OpenInput {
  kindOf(statSync(path));
  const follow = links === "followed" ? 0 : constants.O_NOFOLLOW;
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | follow;
  const descriptor = openSync(path, flags);
  try {
    // Somebody may have put something else there meanwhile.
    return { kind: kindOf(fstatSync(descriptor)), descriptor };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function kindOf(stat: Stats): OpenInput["kind"] {
  if (stat.isFile() || isNull(stat)) return "file";
  if (stat.isFIFO()) return "pipe";
  if (stat.isDirectory()) throw new UnfitFile("is a folder", "a file");
  throw new UnfitFile(stat.isSocket() ? "is a socket" : "is a device", "a file");
}

/** /dev/null is a file without content: the way to say that there is none. */
function isNull(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
}

/** What a file holds, or a pipe right now: all that is left up to its end, and one byte more than `most` at most. */
export function readOn(descriptor: number, most: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  while (length <= most) {
    const piece = Buffer.allocUnsafe(Math.min(64 * 1024, most + 1 - length));
    const read = readSync(descriptor, piece, 0, piece.length, null);
    if (read === 0) break;
    pieces.push(piece.subarray(0, read));
    length += read;
  }
  return Buffer.concat(pieces);
}

export function refuseMoreThan(most: number, content: { readonly length: number }): void {
  if (content.length > most) throw new UnfitFile("is too large", `at most ${most / 1024} KiB`);
}
