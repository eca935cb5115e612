import { orLedgerFailure, refusedLedger } from "./file/ledger-failure.js";
import type { Lock } from "./file/lock.js";
import { openForWriting, refuseUnwritable, toFilePath, versionOf } from "./file/open-for-writing.js";
import type { IdleLedger } from "./port.js";
import type { Database } from "./sqlite/database.js";
import { readCheckpoint, writeCheckpoint } from "./tables/engine-row.js";
import { forgetBefore } from "./tables/forget-before.js";
import { readObservationBefore, writeRun } from "./tables/history.js";
import { schemaVersion } from "./tables/schema-version.js";
import { advanceTrustedTime } from "./tables/trusted-time.js";

/**
 * Opens a ledger for writing that is as the last run has left it: nothing has to be judged of it, and nothing is read that goes with the
 * number of images. Hold the lock. Throws a Failure of code `ledger` also where it is not of this program's schema.
 */
export function reopenLedger(path: string, lock: Pick<Lock, "ensure">): IdleLedger {
  const file = toFilePath(path);
  const orFailure = <Found>(work: () => Found) => orLedgerFailure(file, work);
  const database = orFailure(() => {
    lock.ensure();
    refuseUnwritable(file);
    return openForWriting(file, (opened) => refuseOtherSchema(file, opened));
  });
  return {
    checkpoint: ({ key }) => orFailure(() => readCheckpoint(database, key)),
    observationBefore: (engine, time) => orFailure(() => readObservationBefore(database, engine, time)),
    advance: (engine, checkpoint, run, { historyAgeMs, steady }) => {
      const advance = database.transaction(() => {
        const trustedTime = advanceTrustedTime(database, run.startedAt, steady);
        forgetBefore(database, trustedTime - historyAgeMs, engine);
        writeRun(database, writeCheckpoint(database, engine, checkpoint), run);
      });
      orFailure(() => advance.immediate());
    },
    close: () => {
      try {
        database.pragma("wal_checkpoint(TRUNCATE)");
      } catch {
        // A full disk, for instance: it is left for the next run.
      }
      database.close();
    },
  };
}

function refuseOtherSchema(path: string, database: Database): void {
  if (versionOf(database) !== schemaVersion)
    throw refusedLedger(path, "has a schema of another version", "let a whole run see to it");
  database.pragma("foreign_keys = ON");
}
