import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import type { CallTrial } from "../../engine/docker-api/try-calls.js";

/** HTTP statuses by which somebody in between, or a plugin of the engine, says that it does not let a call through. */
const forbidding = new Set([401, 403, 405, 407]);

export function checkCalls(trials: readonly CallTrial[]): Check[] {
  if (trials.length <= 1) return [skipped("call", "no call was tried, because no engine answers")];
  return trials.map(({ call, outcome }) => {
    switch (outcome.kind) {
      case "answered":
        return good("call", `${call} is answered`, call);
      case "untried":
        return skipped("call", `${call} was not tried, as ${outcome.because}`, call);
      case "failed":
        return problem("call", `${call} failed: ${outcome.message.replace(/\.$/, "")}`, brokenRemedy, call);
      case "refused": {
        const remedy = forbidding.has(outcome.status) ? forbiddenRemedy : brokenRemedy;
        return problem("call", `${call} is refused: ${outcome.message}`, remedy, call);
      }
    }
  });
}

const forbiddenRemedy =
  "let the proxy before the engine, or its authorization plugin, pass this call on (docs/security.md lists them all)";
const brokenRemedy = "look at the log of the engine, and of any proxy before it";
