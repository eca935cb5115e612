import type { RunReport } from "../../core/results/run-report.js";
import { ageFact, quotaFact, rulesFact, usageFact } from "./limits.js";
import { filesystemFact, freedFact, heldFact, splitFact } from "./space.js";
import { observationFact } from "./observed.js";
import { fullListingWords } from "../wording/words.js";
import { fact, facts, type Block, type Verbosity } from "./document.js";

/** Usage against every limit, the engine, and how much of the past was seen. */
export function runFacts(report: RunReport, verbosity: Verbosity): Block {
  const { policy, engine } = report;
  return facts("compact", [
    policy.quotaBytes === null ? usageFact(report) : quotaFact(report, policy.quotaBytes),
    fact("bytes", heldFact(report, verbosity)),
    fact("split", splitFact(report, verbosity)),
    fact("free", filesystemFact(report)),
    fact("age", ageFact(report)),
    fact("freed", freedFact(report)),
    fact("order", orderFact(report, verbosity)),
    fact("rules", verbosity === "verbose" ? rulesFact(policy) : null),
    fact("engine", `${engine.name} (${engine.version}, ${engine.store}) at ${engine.host}`),
    fact("observed", observationFact(report.observation)),
    fact("listing", verbosity === "verbose" ? listingFact(report) : null),
  ]);
}

/** What decides is said when it changes; later only to those who ask for all. */
function orderFact({ choice }: RunReport, verbosity: Verbosity): string | null {
  if (choice?.by !== "next-use" || (!choice.isFirst && verbosity !== "verbose")) return null;
  const rule = "what is expected to be used soonest stays, by past uses and in observed time";
  const news = choice.isFirst ? "; before this run it was what was used last (--order last-use)" : "";
  return `${rule}${news}`;
}

function listingFact({ listing }: RunReport): string | null {
  if (listing === undefined) return null;
  if (listing.kind === "carried") return "only what has changed was asked for, by the engine's events";
  return `all images were listed: ${fullListingWords[listing.because]}`;
}
