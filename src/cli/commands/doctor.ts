import { exitCodeOfCheckup } from "../../core/results/exit-code.js";
import { examine } from "../../doctor/examine.js";
import { defaultLedgerPath } from "../../ledger/file/location.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { doctorDocument } from "../../report/documents/doctor.js";
import { doctorJson } from "../../report/json/doctor.js";
import { resolveEndpoint, showEndpoint } from "../../engine/locate/endpoint.js";
import { reach } from "../connect.js";
import { resolveSettings } from "../options/settings.js";
import { present } from "../present.js";
import { findSchedule } from "../schedule.js";
import type { Task } from "../task.js";
import { trustedLedgerPath, usersOf } from "../trusted-files.js";

/** `doctor`: what keeps runs from doing their work. Writes nothing, and goes on where something is wrong. */
export async function perform(task: Task): Promise<number> {
  const { raw, process, interruption } = task;
  const settings = resolveSettings(raw, process);
  const host = showEndpoint(resolveEndpoint(settings, process).endpoint);
  const callOff = interruption.endAfter(settings.runTimeoutMs);
  const { uid, now, steadyClock, measureFilesystem } = process;
  const checkup = await examine({
    ...{ settings, host, uid, now, steadyClock, measureFilesystem },
    reach: () => reach(settings, process, { interruption, users: usersOf(raw, process) }),
    ledgerPath: settings.ledgerPath ?? defaultLedgerPath(process),
    openLedger: () => openLedgerInMemory(trustedLedgerPath(task, settings)),
    findSchedule: () => findSchedule(task),
  });
  callOff();
  // What was given up says nothing of the host.
  interruption.waiting.throwIfAborted();
  const result = {
    document: () => doctorDocument(checkup, settings.verbosity),
    json: () => doctorJson(checkup, exitCodeOfCheckup(checkup)),
  };
  present(result, settings, process);
  return exitCodeOfCheckup(checkup);
}
