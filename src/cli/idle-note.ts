import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { absolutePath } from "../files/absolute.js";
import { readFileNow } from "../files/read-input.js";
import { stampOf } from "../ledger/file/fingerprint.js";
import type { Idleness } from "../run/idle-run.js";
import type { Settings } from "./options/settings.js";

/** 100,000 keep rules. */
const largestBytes = 16 * 1024 * 1024;

/**
 * What a run with --quiet leaves for the next one, in a small file beside the ledger, where it found nothing to do: as long as the
 * ledger is the very file that it left, nothing has to be read of it. What cannot be read or written is no note. To be used by
 * whoever holds the lock, and while the ledger is closed.
 */
export class IdleNote {
  readonly #ledger: string;
  readonly #path: string;
  /** Whatever else than the engine decides what a run does. */
  readonly #terms: string;

  constructor(ledgerPath: string, { policy, listing }: Settings, version: string) {
    this.#ledger = absolutePath(ledgerPath);
    this.#path = `${this.#ledger}.idle`;
    // Patterns show as they were written, without what was compiled from them.
    this.#terms = JSON.stringify([version, policy, listing]);
  }

  read(): Idleness | null {
    try {
      const text = readFileNow(this.#path, { most: largestBytes, links: "refused" }).toString("utf8");
      const note = JSON.parse(text) as Unread<Note>;
      return note.terms === this.#terms && note.stamp === this.#stamp() ? idlenessIn(note) : null;
    } catch {
      return null;
    }
  }

  /** Null where the next run has to look at everything. */
  write(idleness: Idleness | null): void {
    const draft = `${this.#path}.new`;
    try {
      rmSync(idleness === null ? this.#path : draft, { force: true });
      if (idleness === null) return;
      const note: Note = { terms: this.#terms, stamp: this.#stamp(), idleness };
      // Nothing is lost with it, so it need not be on the disk: half of it is no note.
      writeFileSync(draft, JSON.stringify(note), { mode: 0o600, flag: "wx" });
      renameSync(draft, this.#path);
    } catch {
      // A full disk, for instance. An older note has the stamp of an older ledger.
    }
  }

  /** The time of the last change of its status shows a file that was put back with its old times. */
  #stamp(): string {
    return `${stampOf(this.#ledger)}, ${lstatSync(this.#ledger, { bigint: true }).ctimeNs}`;
  }
}

interface Note {
  readonly terms: string;
  readonly stamp: string;
  readonly idleness: Idleness;
}

/** As a file may have it. */
type Unread<Value> = Partial<Record<keyof Value, unknown>>;

function idlenessIn({ idleness }: Unread<Note>): Idleness | null {
  const { scene, apiVersion, since, forMs, space } = idleness as Unread<Idleness>;
  const { imageBytes, quotaBytes } = space as Unread<Idleness["space"]>;
  const { at, observedMs, awakeMs } = since as Unread<Idleness["since"]>;
  if (typeof scene !== "string" || typeof apiVersion !== "string" || !isWhole(forMs) || !isWhole(imageBytes))
    return null;
  if (quotaBytes !== null && !isWhole(quotaBytes)) return null;
  return isWhole(at) && isWhole(observedMs) && isWhole(awakeMs)
    ? { scene, apiVersion, since: { at, observedMs, awakeMs }, forMs, space: { imageBytes, quotaBytes } }
    : null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
