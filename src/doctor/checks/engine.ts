import { good, type Check } from "../../core/results/checkup.js";
import type { EngineDescription } from "../../engine/port.js";
import { failed, type Answered } from "../failed.js";

export function checkEngine(answer: Answered<EngineDescription>, host: string): Check {
  if (answer.kind === "failed")
    return failed("engine", answer.failure, `see that an engine answers at ${host}`);
  const { name, version, store, apiVersion } = answer.value.summary;
  return good("engine", `${name} (${version}, ${store}) answers at ${host} with API ${apiVersion}`);
}
