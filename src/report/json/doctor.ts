import { problemsIn, type Checkup } from "../../core/results/checkup.js";
import { isoTime } from "../wording/quantities.js";
import { schema } from "./report.js";

export function doctorJson(checkup: Checkup, exitCode: number): object {
  const { takenAt, host, checks } = checkup;
  return {
    schema,
    kind: "doctor",
    takenAt: isoTime(takenAt),
    host,
    problems: problemsIn(checkup).length,
    checks: checks.map((check) => ({
      check: check.name,
      subject: check.subject,
      state: check.state,
      found: check.found,
      remedy: check.state === "problem" ? check.remedy : null,
    })),
    exitCode,
  };
}
