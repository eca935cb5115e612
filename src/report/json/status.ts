import type { Explanation, Explanations } from "../../core/results/explanation.js";
import type { PastRemoval } from "../../core/results/history.js";
import { shownNames } from "../../core/image/shown-names.js";
import type { Policy } from "../../core/policy/policy.js";
import type { Forecast } from "../../core/plan/forecast.js";
import type { RuleCheck } from "../../core/plan/rule-checks.js";
import type { DiskUse } from "../../core/results/disk.js";
import type { Status } from "../../core/results/status.js";
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
import { regretWarning } from "../wording/regret-text.js";
import { removalOf, runOf } from "./history.js";
import { isoTime } from "../wording/quantities.js";

/** `status` for programs; see runJson for the notation. */
export function statusJson(status: Status): object {
  const { report, groups, candidates, coverage, lastRun, regret, disk, account } = status;
  const bytes = status.bytes();
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
      ...(report.usage.split === undefined ? {} : report.usage.split()),
      sharedBytes: bytes.sharedBytes,
      images: report.images.length,
    },
    ...(account === undefined ? {} : { account }),
    filesystem:
      report.filesystem === null
        ? null
        : { path: report.filesystem.path, ...spaceOf(report.filesystem.before) },
    verdicts: groups,
    repositories: bytes.repositories,
    candidates: candidates.map(({ image, dueInMs }) => ({
      ...imageOf(image, report.policy),
      dueInSeconds: seconds(dueInMs),
    })),
    disk: diskOf(disk),
    lastRun: lastRun === null ? null : runOf(lastRun),
    lastWeek: { removedBytes: regret.removedBytes, returnedBytes: regret.returnedBytes },
    unmetLimits: report.unmetLimits.map(unmetOf),
    afterGrace: afterGraceOf(report),
    warnings: [...report.warnings, regretWarning(regret), report.gapWarning].filter((text) => text !== null),
  };
}

function diskOf(disk: DiskUse | null): object | null {
  if (disk === null) return null;
  const { parts, held } = disk;
  return {
    parts: parts.map(({ kind, answer }) => {
      if (answer.kind === "unknown") return { kind, known: false, because: answer.because };
      const { count, bytes, unusedCount, unusedBytes } = answer.account;
      return { kind, known: true, count, bytes, unusedCount, unusedBytes };
    }),
    heldByEnded: held && {
      ...held,
      oldestAt: isoTime(held.oldestAt),
      newestAt: isoTime(held.newestAt),
    },
  };
}

export function explainJson(explanations: Explanations): object {
  const { explained, policy, warnings } = explanations;
  const present = explained.filter((each) => each.kind === "present");
  const removed = explained.filter((each) => each.kind === "removed");
  return {
    schema,
    kind: "explain",
    engine: engineOf(explanations),
    policy: policyOf(explanations),
    observation: observationOf(explanations),
    images: present.map((explanation) => explanationOf(explanation, policy)),
    removed: removed.map(({ word, image, removals }) => ({
      asked: word,
      id: image.id,
      refs: shownNames(image),
      removals: removals.map(pastRemovalOf),
    })),
    warnings,
  };
}

function explanationOf(explanation: Explanation, policy: Policy): object {
  return {
    asked: explanation.word,
    ...imageOf(explanation.image, policy),
    expectedUse: expectedUseOf(explanation.expectedUse),
    taggedAt: isoTime(explanation.taggedAt),
    countedIdleSeconds: seconds(explanation.countedIdleMs),
    ownBytes: explanation.ownBytes,
    rules: explanation.checks.map(ruleOf),
    forecast: forecastOf(explanation.forecast),
    removals: explanation.removals.map(pastRemovalOf),
  };
}

function pastRemovalOf(removal: PastRemoval): object {
  return {
    ...removalOf(removal),
    lastUsedAt: isoTime(removal.lastUsedAt),
    expectedInSeconds: seconds(removal.expectedMs),
  };
}

function ruleOf({ rule, result, value, limit, unit, by }: RuleCheck): object {
  if (unit !== "ms") return { rule, result, value, limit, unit, by };
  return { rule, result, value: seconds(value), limit: seconds(limit), unit: "seconds", by };
}

function forecastOf(forecast: Forecast): object {
  if (forecast.kind !== "due") return forecast;
  const { kind, inMs, reason, withChild } = forecast;
  return { kind, inSeconds: seconds(inMs), reason, withChild };
}
