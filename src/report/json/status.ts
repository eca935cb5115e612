import type { Explanation } from "../../core/results/explanation.js";
import type { Prospect } from "../../core/plan/prospect.js";
import type { RuleCheck } from "../../core/plan/rule-checks.js";
import type { Status } from "../../core/results/status.js";
import type { ExplainContext } from "../documents/explain.js";
import {
  afterGraceOf,
  engineOf,
  expectedUseOf,
  imageOf,
  observationOf,
  policyOf,
  schema,
  seconds,
  spaceOf,
  unmetOf,
} from "./report.js";
import { regretWarnings } from "../wording/regret-text.js";
import { runOf } from "./history.js";
import { isoTime } from "../wording/quantities.js";

/** `status` for programs; see runJson for the notation. */
export function statusJson(status: Status): object {
  const { report, groups, candidates, coverage, lastRun, regret, bytes } = status;
  const warnings = [...report.warnings, ...regretWarnings(status)];
  return {
    schema,
    kind: "status",
    engine: engineOf(report),
    takenAt: isoTime(report.finishedAt),
    policy: policyOf(report),
    observation: observationOf(report),
    coverage: coverage === null ? null : { share: coverage.share, spanSeconds: seconds(coverage.spanMs) },
    usage: {
      bytes: report.usage.beforeBytes,
      sharedBytes: bytes.sharedBytes,
      images: report.images.length,
    },
    filesystem:
      report.filesystem === null
        ? null
        : { path: report.filesystem.path, ...spaceOf(report.filesystem.before) },
    verdicts: groups,
    repositories: bytes.repositories,
    candidates: candidates.map(({ image, dueInMs }) => ({
      ...imageOf(image, report),
      dueInSeconds: seconds(dueInMs),
    })),
    lastRun: lastRun === null ? null : runOf(lastRun),
    lastWeek: { removedBytes: regret.removedBytes, returnedBytes: regret.returnedBytes },
    unmetLimits: report.unmetLimits.map(unmetOf),
    afterGrace: afterGraceOf(report),
    warnings: report.gapWarning === null ? warnings : [...warnings, report.gapWarning],
  };
}

/** `explain` for programs. */
export function explainJson(explanations: readonly Explanation[], context: ExplainContext): object {
  return {
    schema,
    kind: "explain",
    engine: engineOf(context),
    policy: policyOf(context),
    observation: observationOf(context),
    images: explanations.map((explanation) => ({
      asked: explanation.word,
      ...imageOf(explanation.image, context),
      expectedUse: expectedUseOf(explanation.expectedUse),
      taggedAt: isoTime(explanation.taggedAt),
      countedIdleSeconds: seconds(explanation.countedIdleMs),
      ownBytes: explanation.ownBytes,
      rules: explanation.checks.map(ruleOf),
      prospect: prospectOf(explanation.prospect),
    })),
    warnings: context.warnings,
  };
}

function ruleOf({ rule, result, value, limit, unit, by }: RuleCheck): object {
  if (unit !== "ms") return { rule, result, value, limit, unit, by };
  return { rule, result, value: seconds(value), limit: seconds(limit), unit: "seconds", by };
}

function prospectOf(prospect: Prospect): object {
  if (prospect.kind !== "due") return prospect;
  const { kind, inMs, reason, withChild } = prospect;
  return { kind, inSeconds: seconds(inMs), reason, withChild };
}
