import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openLedger, openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { containerId, containerOf, imageId, record, run } from "../../support/ledger/build-records.js";
import { runHere } from "../observer.js";
import type { Random } from "../random.js";
import type { Tally } from "../tally.js";
import { Truth } from "../truth.js";
import { Workload } from "../workload.js";
import { judge } from "./judge.js";

export const changedRefused = "a ledger that was refused was changed";
const identity = { key: "PRAC:TICE:ENGI:NE00 overlay2 /var/lib/docker" };

/** A ledger as a run, or a kill, left it. */
export interface LedgerFiles {
  readonly main: Buffer;
  readonly wal: Buffer | null;
}

/** Ledgers that real runs wrote; every other one with a log, as after a kill. */
export async function takeLedgers(random: Random): Promise<readonly LedgerFiles[]> {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-torture-"));
  const practice = await startPracticeEngine();
  const workload = new Workload(practice.engine, new Truth(), random);
  const path = join(folder, "ledger.db");
  const taken: LedgerFiles[] = [];
  for (let round = 0; round < 6; round += 1) {
    for (let deed = 0; deed < 8; deed += 1) workload.act();
    await runHere("run", round % 2 === 0 ? {} : { quotaBytes: 200_000_000 }, {
      socketPath: practice.socketPath,
      ledgerPath: path,
      timeoutMs: 30_000,
    });
    taken.push({ main: readFileSync(path), wal: null });
    const open = openLedger(path);
    const known = open.load(identity);
    open.save(identity, { ...known, images: new Map([...known.images].slice(1)) }, run({ startedAt: round }));
    open.noteLeavingNames(identity, imageId(round), ["app:1", "app:2"]);
    const copy = join(folder, `copy-${round}`);
    for (const end of ["", "-wal"]) copyFileSync(path + end, copy + end);
    taken.push({ main: readFileSync(copy), wal: readFileSync(`${copy}-wal`) });
    open.close();
  }
  await practice.close();
  rmSync(folder, { recursive: true });
  return taken;
}

export async function fuzzLedgers(
  tally: Tally,
  random: Random,
  ledgers: readonly LedgerFiles[],
  cases: number,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-torture-"));
  const path = join(folder, "ledger.db");
  try {
    for (let number = 0; number < cases; number += 1) {
      const files = hurtLedger(ledgers, random);
      place(path, files);
      const show = (): string => `${files.main.length} bytes, case ${number}`;
      await judge(tally, "ledger files, read", "ledger", show, () => readAll(path));
      if (random.chance(0.2)) await writeTo(tally, path, files, show);
      if (number % 1000 === 999) process.stderr.write(`input: ${number + 1} of ${cases} ledgers\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readAll(path: string): void {
  const ledger = openLedgerInMemory(path);
  try {
    const known = ledger.load(identity);
    ledger.leavingNames(identity);
    ledger.observationBefore(identity, Date.now());
    ledger.save(identity, { ...known, images: record().images }, run());
    ledger.forgetHistoryBefore(Date.now(), identity);
  } finally {
    ledger.close();
  }
}

async function writeTo(tally: Tally, path: string, files: LedgerFiles, show: () => string): Promise<void> {
  const done = { opened: false };
  await judge(tally, "ledger files, written", "ledger", show, () => {
    const ledger = openLedger(path);
    done.opened = true;
    try {
      const known = ledger.load(identity);
      ledger.save(
        identity,
        { ...known, containers: new Map([[containerId(1), containerOf({ images: [imageId(1)] })]]) },
        run(),
      );
      ledger.noteLeavingNames(identity, imageId(1), ["app:1"]);
    } finally {
      ledger.close();
    }
  });
  if (done.opened) return;
  const isSame =
    readFileSync(path).equals(files.main) &&
    (files.wal === null ? !existsSync(`${path}-wal`) : readFileSync(`${path}-wal`).equals(files.wal));
  if (!isSame) tally.breach(changedRefused, show());
}

export function place(path: string, { main, wal }: LedgerFiles): void {
  for (const end of ["-wal", "-shm", "-journal", ".new"]) rmSync(path + end, { force: true });
  writeFileSync(path, main);
  if (wal !== null) writeFileSync(`${path}-wal`, wal);
}

/** Bits flipped, bytes overwritten, pages swapped, ends cut off or added, logs of other ledgers, rows nobody wrote. */
export function hurtLedger(ledgers: readonly LedgerFiles[], random: Random): LedgerFiles {
  const { main, wal } = random.pick(ledgers);
  switch (random.below(8)) {
    case 0:
      return { main: hurt(main, random), wal: random.pick(ledgers).wal };
    case 1:
      return { main, wal: random.pick(ledgers).wal };
    case 2:
      return { main, wal: wal === null ? random.bytes(random.below(5000)) : hurt(wal, random) };
    case 3:
      return { main: vandalise(main, random), wal: null };
    default:
      return { main: hurt(main, random), wal: random.chance(0.5) ? wal : null };
  }
}

function hurt(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  // The header and the first pages hold what is easiest to get wrong.
  const at = (): number => random.below(random.pick([100, 4096, changed.length]));
  const pages = Math.max(1, Math.floor(changed.length / 4096));
  switch (random.below(7)) {
    case 0:
    case 1:
      for (let flips = random.pick([1, 1, 2, 10, 100]); flips > 0; flips -= 1) {
        const place = Math.min(at(), changed.length - 1);
        changed.writeUInt8(changed.readUInt8(place) ^ (1 << random.below(8)), place);
      }
      return changed;
    case 2:
      return changed.subarray(0, random.below(changed.length + 1));
    case 3:
      random.bytes(random.between(1, 200)).copy(changed, at());
      return changed;
    case 4:
      changed.copy(
        changed,
        random.below(pages) * 4096,
        random.below(pages) * 4096,
        (random.below(pages) + 1) * 4096,
      );
      return changed;
    case 5:
      return Buffer.concat([changed, random.bytes(random.between(1, 5000))]);
    default: {
      const from = at();
      const to = Math.min(changed.length, from + random.pick([1, 100, 4096]));
      return changed.fill(random.pick([0, 0xff]), Math.min(from, to), to);
    }
  }
}

const deeds = [
  "DROP TABLE image",
  "DROP TABLE removal",
  "DROP TABLE leaving_name",
  "DELETE FROM engine",
  "ALTER TABLE container RENAME TO containers",
  "ALTER TABLE run ADD COLUMN more TEXT",
  "ALTER TABLE image RENAME COLUMN last_used_at TO used",
  "CREATE TRIGGER t BEFORE INSERT ON run BEGIN SELECT raise(ABORT, 'no'); END",
  "CREATE VIEW v AS SELECT * FROM nowhere",
  "UPDATE image SET image_id = 'x' || image_id",
  "UPDATE image SET last_use_kind = 'banana'",
  "UPDATE image SET last_used_at = 9223372036854775807",
  "UPDATE image SET first_seen_at = -9223372036854775808",
  "UPDATE image SET observed_ms_at_last_use = -1",
  "UPDATE engine SET checkpoint_at = 9223372036854775807, observed_ms = -5",
  "UPDATE engine SET anchor_time_nano = -1, anchor_type = char(0), anchor_action = '', anchor_actor_id = ''",
  "UPDATE engine SET steady_elapsed_ms = 9223372036854775807",
  "UPDATE engine SET identity = 'another'",
  "UPDATE container SET container_id = 'short' || rowid_or_not",
  "UPDATE container SET image_id = ''",
  "UPDATE image SET names = char(10) || names || char(0)",
  "UPDATE layer SET bytes = 9223372036854775807",
  "UPDATE layer SET below = NULL, chain_id = zeroblob(32)",
  "UPDATE image SET is_learned = 1, top_layer = 9223372036854775807, tagged_at = -9223372036854775808",
  "UPDATE leaving_name SET name = '', image_id = 'x'",
  "UPDATE run SET observed_to = 9223372036854775807, observed_ms = -9223372036854775808",
  "UPDATE removal SET names = 'not json'",
  "PRAGMA user_version = 0",
  "PRAGMA user_version = 1",
  "PRAGMA user_version = 999",
  "PRAGMA user_version = -1",
  "PRAGMA application_id = 0",
  "PRAGMA encoding = 'UTF-16'",
];

/** What somebody with a SQLite shell may do to it. */
function vandalise(main: Buffer, random: Random): Buffer {
  const content = Buffer.from(main);
  content.fill(1, 18, 20); // No log, or it could not be opened in memory.
  const database = new Database(content);
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    try {
      database.exec(random.pick(deeds));
    } catch {
      // Not this one then.
    }
  }
  const changed = database.serialize();
  database.close();
  return changed;
}
