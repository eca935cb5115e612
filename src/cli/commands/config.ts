import { resolveEndpoint, showEndpoint } from "../../engine/locate/endpoint.js";
import { defaultLedgerPath } from "../../ledger/file/location.js";
import { configDocument, type Setting } from "../../report/documents/config.js";
import { configJson } from "../../report/json/config.js";
import { effectiveOptions } from "../options/effective-options.js";
import { present } from "../present.js";
import { resolveSettings, type Settings } from "../options/settings.js";
import type { CommandProcess } from "../command-process.js";
import type { Task } from "../task.js";

/** `config`: every setting in effect, with its origin. Settings that a run would refuse are refused here, too. */
export function perform({ raw, process }: Task): Promise<number> {
  const settings = resolveSettings(raw, process);
  const found = placesOf(settings, process);
  const effective = effectiveOptions(raw).map((option) => ({ ...option, ...found.get(option.name) }));
  const result = { document: () => configDocument(effective), json: () => configJson(effective) };
  present(result, settings, process);
  return Promise.resolve(0);
}

/** What a run would find by itself, in place of nothing; and an address without its credentials. */
function placesOf(settings: Settings, process: CommandProcess): ReadonlyMap<string, Partial<Setting>> {
  const { endpoint, origin } = resolveEndpoint(settings, process);
  return new Map([
    ["host", { value: showEndpoint(endpoint), origin }],
    ["ledger", { value: settings.ledgerPath ?? defaultLedgerPath(process) }],
  ]);
}
