import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import type { Database } from "../sqlite/database.js";
import { deleteOtherEnginesBefore, deleteRunsBefore } from "./history.js";
import { deleteRemovedBefore } from "./returns.js";
import { deleteUsesBefore } from "./use-log.js";

/** See `Ledger.forgetHistoryBefore`. */
export function forgetBefore(database: Database, time: number, engine: EngineIdentity): void {
  deleteRunsBefore(database, time);
  deleteRemovedBefore(database, time);
  deleteUsesBefore(database, time);
  deleteOtherEnginesBefore(database, time, engine);
}
