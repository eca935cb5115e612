import { defaultLedgerPath } from "../ledger/file/location.js";
import type { Settings } from "./options/settings.js";
import type { CommandProcess } from "./command-process.js";

/** Where the ledger is: as given, or in its usual place. */
export function ledgerPathOf(
  { ledgerPath }: Pick<Settings, "ledgerPath">,
  { env, uid, home }: Pick<CommandProcess, "env" | "uid" | "home">,
): string {
  return ledgerPath ?? defaultLedgerPath({ uid, home, environment: env });
}
