import { defaultLedgerPath } from "../ledger/file/location.js";
import type { Settings } from "./options/settings.js";
import type { Surroundings } from "./surroundings.js";

/** Where the ledger is: as given, or in its usual place. */
export function ledgerPathOf(
  { ledgerPath }: Pick<Settings, "ledgerPath">,
  { env, uid, home }: Pick<Surroundings, "env" | "uid" | "home">,
): string {
  return ledgerPath ?? defaultLedgerPath({ uid, home, environment: env });
}
