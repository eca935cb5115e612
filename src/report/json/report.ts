import type { ImageReport, RunReport } from "../../core/results/run-report.js";
import { shownNames } from "../../core/image/shown-names.js";
import { matchingPatterns } from "../../core/policy/patterns.js";
import type { Policy } from "../../core/policy/policy.js";
import type { Filesystem } from "../../core/policy/filesystem.js";
import type { ExpectedUse } from "../../core/returns/next-use.js";
import type { UnmetLimit } from "../../core/plan/unmet-limits.js";
import { isoTime } from "../wording/quantities.js";
import { tally } from "../documents/tally.js";
import { alsoNamed } from "../wording/also-named.js";

/** Raised when a field changes its meaning or goes; new fields may come at any time. */
export const schema = 1;

/**
 * The report for programs: one document with everything that the text shows. Times are ISO 8601 by the engine's clock, with
 * milliseconds, null where there is none; durations are whole seconds, rounded down; sizes are bytes.
 */
export function runJson(report: RunReport, exitCode: number): object {
  return {
    schema,
    kind: "run",
    mode: report.mode,
    engine: engineOf(report),
    startedAt: isoTime(report.startedAt),
    finishedAt: isoTime(report.finishedAt),
    policy: policyOf(report),
    observation: observationOf(report),
    choice: report.choice,
    usage: usageOf(report),
    filesystem: filesystemOf(report),
    images: report.images.map((image) => imageOf(image, report.policy)),
    totals: tally(report),
    unmetLimits: report.unmetLimits.map(unmetOf),
    afterGrace: afterGraceOf(report),
    interruptedBy: report.interruptedBy,
    stoppedBy: report.stoppedBy,
    warnings: [...report.warnings, report.gapWarning].filter((text) => text !== null),
    exitCode,
  };
}

function filesystemOf({ filesystem }: RunReport): object | null {
  if (filesystem === null) return null;
  const { path, before, after } = filesystem;
  return { path, before: spaceOf(before), after: after === null ? null : spaceOf(after) };
}

export function spaceOf({ totalBytes, freeBytes, totalInodes, freeInodes }: Filesystem): object {
  return { totalBytes, freeBytes, totalInodes, freeInodes };
}

export function unmetOf({ inTheWay, ...unmet }: UnmetLimit): object {
  const images = inTheWay.map(({ image, bytes, detail }) => {
    return { id: image.id, refs: shownNames(image), bytes, detail };
  });
  if (!("inVain" in unmet) || unmet.inVain === null) return { ...unmet, inTheWay: images };
  const inVain = { ...unmet.inVain, retryAt: isoTime(unmet.inVain.retryAt) };
  return { ...unmet, inTheWay: images, inVain };
}

export function afterGraceOf({ afterGrace }: Pick<RunReport, "afterGrace">): object | null {
  return afterGrace && { inSeconds: seconds(afterGrace.inMs), freedBytes: afterGrace.freedBytes };
}

export function engineOf({ engine }: Pick<RunReport, "engine">): object {
  const { id, name, version, apiVersion, store, host } = engine;
  return { id, name, version, apiVersion, store, host };
}

export function policyOf({ policy }: Pick<RunReport, "policy">): object {
  return {
    maxAgeSeconds: seconds(policy.maxAgeMs),
    untaggedAgeSeconds: seconds(policy.untaggedAgeMs),
    maxVersions: policy.maxVersions,
    quotaBytes: policy.quotaBytes,
    quotaTargetBytes: policy.quotaTargetBytes,
    toFreeBytes: policy.toFreeBytes,
    minFreeBytes: policy.minFreeBytes,
    minFreeInodes: policy.minFreeInodes,
    graceSeconds: seconds(policy.graceMs),
    keepRecent: policy.keepRecent,
    keepNewest: policy.keepNewest,
    keepLocal: policy.keepLocal === "all",
    keepUnpullable: policy.keepUnpullable === "all",
    ignoreKeepLabel: policy.keepLabel === "ignored",
    keepPatterns: policy.keep.map(({ text }) => text),
    onlyPatterns: policy.only?.map(({ text }) => text) ?? null,
    sinceMark: policy.own !== null,
    maxRemovals: policy.maxRemovals,
    maxRemovedPercent: policy.maxRemovedShare,
    order: policy.order,
  };
}

export function observationOf({ observation, listing }: Pick<RunReport, "observation" | "listing">): object {
  const { gap } = observation;
  return {
    from: isoTime(observation.from),
    to: isoTime(observation.to),
    events: observation.events,
    continuous: gap === null,
    gap: gap === null ? null : { from: isoTime(gap.from), to: isoTime(gap.to), cause: gap.cause },
    observedSeconds: seconds(observation.observedMs),
    ...(listing === undefined ? {} : { listing }),
  };
}

function usageOf({ usage }: RunReport): object {
  const { beforeBytes, plannedFreedBytes, measuredFreedBytes, afterBytes } = usage;
  const { beforeSlackBytes, plannedSlackBytes } = usage;
  const { inUse, byRule, recent: recentOrGrace, shared, free } = usage.held;
  return {
    beforeBytes,
    beforeSlackBytes,
    plannedFreedBytes,
    plannedSlackBytes,
    measuredFreedBytes,
    afterBytes,
    ...(usage.split === undefined ? {} : usage.split()),
    heldBytes: { inUse, byRule, recentOrGrace, shared, free },
  };
}

export function imageOf(report: ImageReport, policy: Policy): object {
  const { image, verdict } = report;
  return {
    id: image.id,
    refs: shownNames(image),
    sizeBytes: image.sizeBytes,
    freedBytes: report.freedBytes,
    exact: report.exact,
    lastUsedAt: isoTime(report.lastUse.at),
    lastUseKind: report.lastUse.kind,
    lastUseBy: report.lastUse.by,
    idleSeconds: seconds(report.idleMs),
    firstSeenAt: isoTime(report.firstSeenAt),
    inUseBy: report.inUseBy,
    matchedKeepPatterns: matchingPatterns(policy.keep, image).map(({ text }) => text),
    alsoNamed: alsoNamed(report, policy),
    verdict: verdict.kind,
    reasons: verdict.reasons,
    expectedUse: expectedUseOf(report.expectedUse),
    retryAt: isoTime(report.retryAt),
    unpullable: unpullableOf(report),
    outcome: report.outcome,
    outcomeDetail: report.outcomeDetail,
  };
}

function unpullableOf({ unpullable }: ImageReport): object | null {
  if (unpullable === null) return null;
  return { askedAgainAt: isoTime(unpullable.askedAgainAt), detail: unpullable.detail };
}

/** Null for what is not known. */
export function expectedUseOf(expected: ExpectedUse | null): object | null {
  if (expected === null) return null;
  const { group, compared } = expected;
  const known = (ms: number | null) => seconds(ms !== null && Number.isFinite(ms) ? ms : null);
  return {
    inSeconds: known(expected.expectedMs),
    idleSeconds: known(expected.idleMs),
    ownSeconds: known(expected.ownMs),
    repositorySeconds: known(expected.repositoryMs),
    rhythmSeconds: known(expected.rhythmMs),
    repository: group.repository === "" ? null : group.repository,
    untagged: group.tagState === "untagged",
    idleAsLong: Math.round(compared.asLong),
    cameBack: Math.round(compared.ended),
  };
}

export function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
