import type { RunProgress } from "../run/progress.js";
import { imageName } from "../report/wording/image-name.js";
import { paintLine } from "../report/layout/line.js";
import { charactersFor, inAscii, type Characters } from "../report/layout/characters.js";
import { createPalette, type Palette } from "../report/layout/palette.js";
import { progressLine } from "../report/documents/progress.js";
import type { Settings } from "./options/settings.js";
import type { Output, CommandProcess } from "./command-process.js";

export interface LiveProgress {
  readonly show: (progress: RunProgress) => void;
  /** Takes the line away; to be called before anything else is written. May be called twice. */
  readonly end: () => void;
}

const clearLine = "\r\u001b[K";
const widthIfUnknown = 80;
/** What takes less than the first of these ticks is over before anybody could read it. */
const tickMs = 200;

const silent: LiveProgress = { show: () => undefined, end: () => undefined };

/** A live line for a person at a terminal; nothing at all in a pipe, a log, on a terminal without a cursor, or when quiet. */
export function createProgress(
  { verbosity, color }: Pick<Settings, "verbosity" | "color">,
  { stderr, env }: Pick<CommandProcess, "stderr" | "env">,
): LiveProgress {
  if (stderr.isTTY !== true || verbosity === "quiet" || env["TERM"] === "dumb") return silent;
  return new TerminalProgress(stderr, createPalette(color, stderr, env), charactersFor(env));
}

/** Draws on ticks and not whenever something is done: thousands of images may be learned in a second. */
class TerminalProgress implements LiveProgress {
  readonly #stderr: Output;
  readonly #palette: Palette;
  readonly #characters: Characters;
  #timer: NodeJS.Timeout | null = null;
  #latest: RunProgress | null = null;
  #startedAt = 0;
  #isDrawn = false;

  constructor(stderr: Output, palette: Palette, characters: Characters) {
    this.#stderr = stderr;
    this.#palette = palette;
    this.#characters = characters;
  }

  readonly show = (progress: RunProgress): void => {
    if (this.#latest?.kind !== progress.kind) this.#startedAt = performance.now();
    this.#latest = progress;
    this.#timer ??= setInterval(() => this.#draw(), tickMs).unref();
    if (progress.done === progress.total) this.end();
  };

  readonly end = (): void => {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#isDrawn) this.#stderr.write(clearLine);
    this.#isDrawn = false;
  };

  #draw(): void {
    if (this.#latest === null) return;
    const elapsedMs = performance.now() - this.#startedAt;
    // One cell short: a terminal that has its last cell written may erase it, or wrap, at the next byte.
    const room = Math.max((this.#stderr.columns ?? widthIfUnknown) - 1, 1);
    const line = progressLine({ ...viewOf(this.#latest), elapsedMs }, room);
    const painted = paintLine(line, room, this.#palette);
    this.#stderr.write(clearLine + (this.#characters === "ascii" ? inAscii(painted) : painted));
    this.#isDrawn = true;
  }
}

function viewOf(progress: RunProgress) {
  switch (progress.kind) {
    case "learning":
      return { ...progress, bytes: 0, totalBytes: 0, currentName: null };
    case "removing": {
      const { kind, done, total, freedBytes: bytes, totalBytes, current } = progress;
      const currentName = current === null ? null : imageName(current.facts.image);
      return { kind, done, total, bytes, totalBytes, currentName };
    }
  }
}
