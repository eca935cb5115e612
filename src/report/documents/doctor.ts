import {
  problemsIn,
  type Check,
  type CheckName,
  type Checkup,
  type CheckState,
} from "../../core/results/checkup.js";
import { span, type Line } from "../layout/line.js";
import type { Tone } from "../layout/palette.js";
import { countText } from "../wording/quantities.js";
import { paragraph, type Block, type Document, type Verbosity } from "./document.js";

/** A line for each check; of calls that are answered, one for all unless everything is asked for. */
export function doctorDocument(checkup: Checkup, verbosity: Verbosity): Document {
  const count = problemsIn(checkup).length;
  const headline =
    count === 0
      ? span("Nothing needs a person.", "freed")
      : span(`${countText(count, "problem")} found.`, "alarm");
  const shown = verbosity === "verbose" ? checkup.checks : withoutGoodCalls(checkup.checks);
  return {
    title: "docker-gc doctor",
    sections: [[paragraph([headline])], [listed(shown)]],
  };
}

const labels: Readonly<Record<CheckName, string>> = {
  engine: "engine",
  rights: "rights",
  call: "API",
  events: "events",
  clock: "clock",
  certificate: "TLS",
  filesystem: "images",
  ledger: "ledger",
  space: "disk",
  lock: "lock",
  metrics: "metrics",
  limits: "limits",
  rule: "rules",
  runs: "runs",
  schedule: "schedule",
};

const tones: Readonly<Record<CheckState, Tone>> = { good: "freed", skipped: "faint", problem: "alarm" };

/** Never cut, as the end of a line says what to do. */
function listed(checks: readonly Check[]): Block {
  const rows = checks.map((check): Line => {
    const remedy = check.state === "problem" ? `; ${check.remedy}` : "";
    return [
      span(labels[check.name]),
      span(check.state, tones[check.state]),
      span(`${check.found}${remedy}.`),
    ];
  });
  return { kind: "listing", columns: ["CHECK", "RESULT", "FOUND"], rows };
}

function withoutGoodCalls(checks: readonly Check[]): Check[] {
  const isQuiet = ({ name, state, subject }: Check) =>
    name === "call" && subject !== null && state !== "problem";
  const quiet = checks.filter(isQuiet);
  const answered = quiet.filter(({ state }) => state === "good").length;
  const untried = quiet.length - answered;
  const rest = untried === 0 ? "" : `, ${untried} had nothing to ask about`;
  const all = countText(answered, "call");
  const summary: Check = {
    name: "call",
    subject: null,
    state: "good",
    found: `${all} of the API ${answered === 1 ? "is" : "are"} answered${rest}`,
  };
  const [first] = quiet;
  return checks.flatMap((check) => (check === first ? [summary] : isQuiet(check) ? [] : [check]));
}
